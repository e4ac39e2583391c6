package model

import "strings"

// Shared reports whether a name belongs to a platform that serves the sites of
// many customers from the same addresses and tells them apart by Host: what is
// asked for another name there finds no site, unless that is registered as one
// more name of it.
func Shared(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, suffix := range platforms {
		if strings.HasSuffix(host, suffix) && len(host) > len(suffix) {
			return true
		}
	}
	return false
}

// platforms: Azure App Service, API Management and Container Apps, Cloudflare
// Pages and Workers, Google Cloud Run, App Engine and Cloud Functions,
// Firebase, Heroku, Netlify, Vercel, GitHub Pages, Render, Fly, CloudFront,
// Front Door.
var platforms = [...]string{
	".azurewebsites.net", ".azure-api.net", ".azurecontainerapps.io", ".azurestaticapps.net", ".azurefd.net", ".azureedge.net",
	".pages.dev", ".workers.dev", ".run.app", ".appspot.com", ".cloudfunctions.net", ".web.app", ".firebaseapp.com",
	".herokuapp.com", ".netlify.app", ".vercel.app", ".github.io", ".onrender.com", ".fly.dev", ".cloudfront.net",
}

package report

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// No secret of the sample reaches any format.
func TestNoSecrets(t *testing.T) {
	for _, f := range Formats {
		r := result(secrets(t)...)
		got := render(t, f.Name, r, Options{Context: 9})
		for _, secret := range []string{"hunter2", "aHVudGVyMjpodW50ZXIy"} {
			if strings.Contains(got, secret) {
				t.Errorf("%s prints %q:\n%s", f.Name, secret, got)
			}
		}
		if !strings.Contains(r.Findings[0].Primary.Text(), "aHVudGVy") {
			t.Error("the result itself was changed")
		}
	}
}

func TestMask(t *testing.T) {
	for _, c := range []struct{ text, secret string }{
		{`proxy_set_header Authorization "Basic S3CRET";`, "S3CRET"},
		{`proxy_set_header Authorization 'S3CRET';`, "S3CRET"},
		{`proxy_set_header "X-Api-Key" S3CRET;`, "S3CRET"},
		{"proxy_set_header Cookie\n    \"sid=S3CRET; x=1\";", "sid=S3CRET; x=1"},
		{`proxy_set_header X-Auth-Token S3CRET;`, "S3CRET"},
		{`grpc_set_header authorization "Bearer S3CRET";`, "S3CRET"},
		{`fastcgi_param DB_PASSWORD S3CRET;`, "S3CRET"},
		{`add_header Set-Cookie "id=S3CRET; Path=/" always;`, "id=S3CRET; Path=/"},
		{`more_set_input_headers "Authorization: S3CRET";`, "S3CRET"},
		{`http-request set-header Authorization "Basic S3CRET"`, "S3CRET"},
		{`http-request add-header X-Secret S3CRET if { path /x }`, "S3CRET"},
		{`http-check send meth GET uri / hdr Authorization "Bearer S3CRET"`, "S3CRET"},
		{`option httpchk GET / HTTP/1.1\r\nAuthorization:\ Basic\ S3CRET`, ""}, // escaped spaces: see below
		{`RequestHeader set Authorization "Basic S3CRET"`, "S3CRET"},
		{`Header always set X-Token "S3CRET"`, "S3CRET"},
		{`if ($http_x_api_key != "S3CRET") {`, "S3CRET"},
		{`if ($arg_token = S3CRET) {`, "S3CRET"},
		{`acl ok req.hdr(X-Api-Key) -m str -i S3CRET`, "S3CRET"},
		{`stats auth admin:S3CRET`, "S3CRET"},
		{`user admin insecure-password S3CRET`, "S3CRET"},
		{`user admin password $5$abc$S3CRET`, "$5$abc$S3CRET"},
		{`proxy_pass http://svc:S3CRET@10.0.0.1/;`, "S3CRET"},
		{`DATABASE_URL=postgres://app:p@S3CRET@db/app`, "p@S3CRET"},
		{`DB_PASSWORD=S3CRET`, "S3CRET"},
		{`MYSQL_PASS=S3CRET`, "S3CRET"},
		{`env[API_TOKEN] = S3CRET`, "S3CRET"},
		{`  password = "S3CRET"`, "S3CRET"},
		{`  client_secret = "S3CRET ${var.x}"`, "S3CRET ${var.x}"},
		{`  Authorization = "Bearer S3CRET"`, "S3CRET"},
		{`      Authorization: Bearer S3CRET`, "S3CRET"},
		{`  POSTGRES_PASSWORD: S3CRET`, "S3CRET"},
		{`{"auth_token":"S3CRET"}`, "S3CRET"},
		{`test: curl -f -u probe:S3CRET http://localhost/`, "S3CRET"},
		{`--password S3CRET`, "S3CRET"},
		{`secure_link_secret S3CRET;`, "S3CRET"},
		{`log eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln`, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"},
		{`x AKIAIOSFODNN7EXAMPLE y`, "AKIAIOSFODNN7EXAMPLE"},
		{"key = <<EOT\n-----BEGIN RSA PRIVATE KEY-----\nS3C\nRET\n-----END RSA PRIVATE KEY-----\nEOT", "\nS3C\nRET\n"},
		{`proxy_set_header Authorization "pässwörd🌈日本";`, "pässwörd🌈日本"},

		// nothing secret, though it looks like it
		{`proxy_set_header Authorization $http_authorization;`, ""},
		{`proxy_set_header Authorization "";`, ""},
		{`proxy_set_header Authorization "Bearer $token";`, ""},
		{`proxy_set_header Cookie $http_cookie;`, ""},
		{`proxy_set_header Host $host;`, ""},
		{`proxy_pass_header Set-Cookie;`, ""},
		{`proxy_hide_header Authorization;`, ""},
		{`proxy_cookie_path /one /two;`, ""},
		{`auth_basic "members only";`, ""},
		{`auth_basic_user_file /etc/nginx/passwd;`, ""},
		{`ssl_certificate_key /etc/ssl/app.key;`, ""},
		{`proxy_ssl_password_file /etc/keys/pass;`, ""},
		{`server_tokens off;`, ""},
		{`limit_req_zone $arg_token zone=token:10m rate=1r/s;`, ""},
		{`proxy_cache_key "$scheme$proxy_host$request_uri";`, ""},
		{`auth_request /auth;`, ""},
		{`cookie SRV insert indirect nocache`, ""},
		{`server a 10.0.0.1:80 cookie a check`, ""},
		{`http-request set-header Authorization %[req.hdr(x-auth)]`, ""},
		{`http-request deny unless { req.hdr(authorization) -m found }`, ""},
		{`  password = var.db_password`, ""},
		{`  password = random_password.db.result`, ""},
		{`  cookie_name = "app"`, ""},
		{`proxy_pass http://$user:$pass@host;`, ""},
		{`proxy_pass http://[::1]:8080/@x;`, ""},
		{`proxy_read_timeout 5s outlives the basic authentication of it`, ""},
	} {
		text := []byte(c.text)
		got, found := mask(text)
		if string(text) != c.text {
			t.Fatalf("%q was changed in place", c.text)
		}
		if c.secret == "" {
			if c.text != string(got) && !strings.Contains(c.text, "S3CRET") {
				t.Errorf("%q became %q", c.text, got)
			}
			continue
		}
		want := strings.Replace(c.text, c.secret, string(masked([]byte(c.secret))), 1)
		if string(got) != want || len(found) == 0 {
			t.Errorf("%q became %q", c.text, got)
		}
		if len(got) != len(text) || utf8.RuneCount(got) != utf8.RuneCount(text) ||
			len(utf16.Encode([]rune(string(got)))) != len(utf16.Encode([]rune(c.text))) {
			t.Errorf("%q has other columns than %q", got, c.text)
		}
	}
}

// Much of what looks like secrets is no trouble: this ends, because masking is
// linear.
func TestMaskMuch(t *testing.T) {
	for _, piece := range []string{"a", "token=", "\"", "://:", "password\n", "Authorization: \"\\", "proxy_set_header cookie '", "-----BEGIN PRIVATE KEY-----"} {
		text := bytes.Repeat([]byte(piece), 1<<18/len(piece))
		if got, _ := mask(text); len(got) != len(text) {
			t.Errorf("%q: %d bytes became %d", piece, len(text), len(got))
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add(`proxy_set_header Authorization "Basic abc`)
	f.Add("password: x\nstats auth a:b\n://a:b@\xff")
	f.Fuzz(func(t *testing.T, text string) {
		got, _ := mask([]byte(text))
		if len(got) != len(text) || strings.Count(string(got), "\n") != strings.Count(text, "\n") {
			t.Errorf("%q became %q", text, got)
		}
	})
}

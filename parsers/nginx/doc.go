// Package nginx reads nginx configuration and works out what happens to a
// request in it: the effective value of every setting, as the inheritance of
// nginx, its version and its defaults have it.
//
// Reading comes first: scan.go finds words, bridge.go has gonginx build the
// tree, include.go puts included statements in place. Then lower.go and the
// files behind it turn the tree into listeners, routes, hops and pools.
package nginx

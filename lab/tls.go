package lab

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// Identity is what a TLS backend of the lab is and demands. The zero Identity
// is a valid certificate for localhost.
type Identity struct {
	Name          string // the certificate's, "localhost" when empty
	Expired       bool   // since yesterday
	Intermediates int    // between the root and the certificate
	RequireSNI    bool   // refuses the handshake unless the client names Name
	RequireClient bool   // asks for a client certificate of the same root (mTLS)
	Min, Max      uint16 // tls.VersionTLS12 ...; 0 is Go's own
}

// Keys are a TLS backend's configuration, and in PEM what its clients need:
// the root that signed it, and a certificate and key that it accepts.
type Keys struct {
	Server                      *tls.Config
	Root, ClientCert, ClientKey []byte
}

// authority is a certificate that signs others.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	der  []byte
}

// Keys makes fresh keys for the identity.
func (id Identity) Keys() (*Keys, error) {
	if id.Name == "" {
		id.Name = "localhost"
	}
	root, err := issue(nil, "gwlint lab root", true, false)
	if err != nil {
		return nil, err
	}
	signer := root
	var chain [][]byte
	for n := range id.Intermediates {
		if signer, err = issue(signer, fmt.Sprintf("gwlint lab intermediate %d", n+1), true, false); err != nil {
			return nil, err
		}
		chain = append([][]byte{signer.der}, chain...)
	}
	leaf, err := issue(signer, id.Name, false, id.Expired)
	if err != nil {
		return nil, err
	}
	client, err := issue(root, "gwlint lab client", false, false)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		Certificates: []tls.Certificate{{Certificate: append([][]byte{leaf.der}, chain...), PrivateKey: leaf.key}},
		MinVersion:   id.Min,
		MaxVersion:   id.Max,
	}
	if id.RequireClient {
		config.ClientCAs = x509.NewCertPool()
		config.ClientCAs.AddCert(root.cert)
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	if id.RequireSNI {
		config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			if hello.ServerName != id.Name {
				return nil, fmt.Errorf("the client named %q, not %q", hello.ServerName, id.Name)
			}
			return nil, nil
		}
	}
	key, err := x509.MarshalPKCS8PrivateKey(client.key)
	if err != nil {
		return nil, err
	}
	return &Keys{
		Server:     config,
		Root:       pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.der}),
		ClientCert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: client.der}),
		ClientKey:  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
	}, nil
}

func issue(by *authority, name string, ca, expired bool) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             now.Add(-48 * time.Hour),
		NotAfter:              now.Add(48 * time.Hour),
		BasicConstraintsValid: true,
		IsCA:                  ca,
		KeyUsage:              x509.KeyUsageDigitalSignature,
	}
	if expired {
		template.NotAfter = now.Add(-24 * time.Hour)
	}
	if ca {
		template.KeyUsage = x509.KeyUsageCertSign
	} else {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
		template.DNSNames = []string{name}
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &authority{cert: cert, key: key, der: der}, nil
}

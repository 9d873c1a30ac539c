// The go peer: a small libp2p host that takes its orders on stdin.
// The contract it speaks is interop/README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	libp2ptls "github.com/libp2p/go-libp2p/p2p/security/tls"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
)

// commandTimeout bounds every command, so that none is left unanswered.
const commandTimeout = 5 * time.Minute

func main() {
	listen := flag.String("listen", "/ip4/127.0.0.1/tcp/0", "multiaddr to listen on")
	security := flag.String("security", "noise", "noise or tls")
	muxer := flag.String("muxer", "yamux", "yamux")
	gossipsub := flag.String("gossipsub", "", "options of gossipsub in JSON, which is off without")
	mdns := flag.Bool("mdns", false, "find others by mDNS")
	flag.Parse()
	if err := run(*listen, *security, *muxer, *gossipsub, *mdns); err != nil {
		fmt.Fprintln(os.Stderr, "peer:", err)
		os.Exit(1)
	}
}

func run(listen, security, muxer, gossipsub string, mdns bool) error {
	h, err := newHost(listen, security, muxer)
	if err != nil {
		return err
	}
	defer h.Close()

	c := newControl(os.Stdout)
	addConnections(c, h)
	if err := addIdentify(c, h); err != nil {
		return err
	}
	addPing(c, h)
	addStreams(c, h)
	if gossipsub != "" {
		if err := addGossip(c, h, gossipsub); err != nil {
			return err
		}
	}
	if mdns {
		if err := addMdns(c, h); err != nil {
			return err
		}
	}

	addrs := []string{}
	for _, a := range h.Addrs() {
		addrs = append(addrs, fmt.Sprintf("%s/p2p/%s", a, h.ID()))
	}
	c.write(answer{"event": "ready", "id": h.ID().String(), "addrs": addrs})
	return c.serve(context.Background(), os.Stdin)
}

func newHost(listen, security, muxer string) (host.Host, error) {
	if muxer != "yamux" {
		return nil, fmt.Errorf("unknown muxer %q", muxer)
	}
	var secure libp2p.Option
	switch security {
	case "noise":
		secure = libp2p.Security(noise.ID, noise.New)
	case "tls":
		secure = libp2p.Security(libp2ptls.ID, libp2ptls.New)
	default:
		return nil, errors.New("--security is noise or tls")
	}
	return libp2p.New(
		libp2p.ListenAddrStrings(listen),
		libp2p.Transport(tcp.NewTCPTransport, tcp.DisableReuseport()),
		secure,
		libp2p.Muxer(yamux.ID, yamux.DefaultTransport),
		// The limits under test are the other side's, not this peer's.
		libp2p.ResourceManager(&network.NullResourceManager{}),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
		libp2p.UserAgent("minga-interop-go/0.48.0"),
	)
}

package main

import (
	"context"
	"sync"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/discovery/mdns"
)

// found keeps the addresses of the peers that mDNS found.
type found struct {
	mu    sync.Mutex
	peers map[string][]string
}

func addMdns(c *control, h host.Host) error {
	f := &found{peers: map[string][]string{}}
	c.on("mdnsFound", func(context.Context, command) (answer, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		peers := map[string][]string{}
		for id, addrs := range f.peers {
			peers[id] = addrs
		}
		return answer{"peers": peers}, nil
	})
	return mdns.NewMdnsService(h, "", f).Start()
}

func (f *found) HandlePeerFound(p peer.AddrInfo) {
	addrs := []string{}
	for _, a := range p.Addrs {
		addrs = append(addrs, a.String())
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.peers[p.ID.String()] = addrs
}

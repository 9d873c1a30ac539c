package main

import (
	"context"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
)

func addConnections(c *control, h host.Host) {
	c.on("connect", func(ctx context.Context, cmd command) (answer, error) {
		to, err := peer.AddrInfoFromString(cmd.Addr)
		if err != nil {
			return nil, err
		}
		return nil, h.Connect(ctx, *to)
	})
	c.on("disconnect", func(_ context.Context, cmd command) (answer, error) {
		p, err := cmd.peerID()
		if err != nil {
			return nil, err
		}
		return nil, h.Network().ClosePeer(p)
	})
	c.on("connected", func(context.Context, command) (answer, error) {
		peers := []string{}
		for _, p := range h.Network().Peers() {
			peers = append(peers, p.String())
		}
		return answer{"peers": peers}, nil
	})
}

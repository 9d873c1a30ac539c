package main

import (
	"context"
	"errors"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
)

// addPing adds the dialing side; the host answers pings by itself.
func addPing(c *control, h host.Host) {
	c.on("ping", func(ctx context.Context, cmd command) (answer, error) {
		p, err := cmd.peerID()
		if err != nil {
			return nil, err
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		results := ping.Ping(ctx, h, p)
		rtts := []int64{}
		for range max(cmd.Count, 1) {
			r, open := <-results
			if !open {
				return nil, errors.New("the ping stream ended")
			}
			if r.Error != nil {
				return nil, r.Error
			}
			rtts = append(rtts, r.RTT.Microseconds())
		}
		return answer{"rttsMicros": rtts}, nil
	})
}

package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
)

const identifyWait = 5 * time.Second

// identified keeps the last thing that identify said about each peer.
type identified struct {
	mu     sync.Mutex
	byPeer map[peer.ID]event.EvtPeerIdentificationCompleted
	// changed is closed and replaced with every entry.
	changed chan struct{}
}

func addIdentify(c *control, h host.Host) error {
	sub, err := h.EventBus().Subscribe(new(event.EvtPeerIdentificationCompleted))
	if err != nil {
		return err
	}
	seen := &identified{
		byPeer:  map[peer.ID]event.EvtPeerIdentificationCompleted{},
		changed: make(chan struct{}),
	}
	go func() {
		for e := range sub.Out() {
			seen.put(e.(event.EvtPeerIdentificationCompleted))
		}
	}()
	c.on("identify", func(ctx context.Context, cmd command) (answer, error) {
		p, err := cmd.peerID()
		if err != nil {
			return nil, err
		}
		e, err := seen.wait(ctx, p)
		if err != nil {
			return nil, err
		}
		a := answer{
			"agent":           e.AgentVersion,
			"protocolVersion": e.ProtocolVersion,
			"protocols":       e.Protocols,
			"listenAddrs":     e.ListenAddrs,
		}
		if e.ObservedAddr != nil {
			a["observedAddr"] = e.ObservedAddr.String()
		}
		return a, nil
	})
	return nil
}

func (s *identified) put(e event.EvtPeerIdentificationCompleted) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byPeer[e.Peer] = e
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *identified) wait(ctx context.Context, p peer.ID) (event.EvtPeerIdentificationCompleted, error) {
	ctx, cancel := context.WithTimeout(ctx, identifyWait)
	defer cancel()
	for {
		s.mu.Lock()
		e, known := s.byPeer[p]
		changed := s.changed
		s.mu.Unlock()
		if known {
			return e, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return e, errors.New("not identified yet")
		}
	}
}

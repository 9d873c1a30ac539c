package main

import (
	"sync"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// gossipTracer keeps what the router does not tell: meshes, protocols and counts of what was sent.
type gossipTracer struct {
	mu             sync.Mutex
	mesh           map[string]map[peer.ID]struct{}
	peers          map[peer.ID]protocol.ID
	sent, received map[string]int
	rejected       map[string]int
}

func newGossipTracer() *gossipTracer {
	return &gossipTracer{
		mesh:     map[string]map[peer.ID]struct{}{},
		peers:    map[peer.ID]protocol.ID{},
		sent:     noCounts(),
		received: noCounts(),
		rejected: map[string]int{},
	}
}

func noCounts() map[string]int {
	return map[string]int{
		"rpcs": 0, "messages": 0, "subscriptions": 0, "ihave": 0, "iwant": 0, "idontwant": 0,
		"graft": 0, "prune": 0, "prunePeers": 0, "pruneRecords": 0,
	}
}

func count(counts map[string]int, rpc *pb.RPC) {
	counts["rpcs"]++
	counts["messages"] += len(rpc.GetPublish())
	counts["subscriptions"] += len(rpc.GetSubscriptions())
	control := rpc.GetControl()
	for _, ihave := range control.GetIhave() {
		counts["ihave"] += len(ihave.GetMessageIDs())
	}
	for _, iwant := range control.GetIwant() {
		counts["iwant"] += len(iwant.GetMessageIDs())
	}
	for _, idontwant := range control.GetIdontwant() {
		counts["idontwant"] += len(idontwant.GetMessageIDs())
	}
	counts["graft"] += len(control.GetGraft())
	counts["prune"] += len(control.GetPrune())
	for _, prune := range control.GetPrune() {
		counts["prunePeers"] += len(prune.GetPeers())
		for _, p := range prune.GetPeers() {
			if len(p.GetSignedPeerRecord()) > 0 {
				counts["pruneRecords"]++
			}
		}
	}
}

func (t *gossipTracer) with(use func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	use()
}

func (t *gossipTracer) stats() (a answer) {
	t.with(func() {
		a = answer{"sent": copied(t.sent), "received": copied(t.received), "rejected": copied(t.rejected)}
	})
	return a
}

func (t *gossipTracer) meshOf(topic string) (peers []string) {
	peers = []string{}
	t.with(func() {
		for p := range t.mesh[topic] {
			peers = append(peers, p.String())
		}
	})
	return peers
}

func (t *gossipTracer) protocols() (all map[string]string) {
	all = map[string]string{}
	t.with(func() {
		for p, id := range t.peers {
			all[p.String()] = string(id)
		}
	})
	return all
}

func copied(counts map[string]int) map[string]int {
	all := map[string]int{}
	for kind, n := range counts {
		all[kind] = n
	}
	return all
}

func (t *gossipTracer) OnNewOutboundStream(p peer.ID, id protocol.ID) {
	t.with(func() { t.peers[p] = id })
}

func (t *gossipTracer) OnClosedOutboundStream(p peer.ID) {
	t.with(func() {
		delete(t.peers, p)
		for _, mesh := range t.mesh {
			delete(mesh, p)
		}
	})
}

func (t *gossipTracer) Join(topic string) {
	t.with(func() {
		if t.mesh[topic] == nil {
			t.mesh[topic] = map[peer.ID]struct{}{}
		}
	})
}

func (t *gossipTracer) Leave(topic string) { t.with(func() { delete(t.mesh, topic) }) }

func (t *gossipTracer) Graft(p peer.ID, topic string) {
	t.Join(topic)
	t.with(func() { t.mesh[topic][p] = struct{}{} })
}

func (t *gossipTracer) Prune(p peer.ID, topic string) { t.with(func() { delete(t.mesh[topic], p) }) }

func (t *gossipTracer) RejectMessage(_ *pubsub.Message, reason string) {
	t.with(func() { t.rejected[reason]++ })
}

func (t *gossipTracer) RecvRPC(rpc *pubsub.RPC) { t.with(func() { count(t.received, &rpc.RPC) }) }
func (t *gossipTracer) SendRPC(rpc *pubsub.RPC, _ peer.ID) {
	t.with(func() { count(t.sent, &rpc.RPC) })
}

func (t *gossipTracer) ValidateMessage(*pubsub.Message)      {}
func (t *gossipTracer) DeliverMessage(*pubsub.Message)       {}
func (t *gossipTracer) DuplicateMessage(*pubsub.Message)     {}
func (t *gossipTracer) ThrottlePeer(peer.ID)                 {}
func (t *gossipTracer) DropRPC(*pubsub.RPC, peer.ID)         {}
func (t *gossipTracer) UndeliverableMessage(*pubsub.Message) {}

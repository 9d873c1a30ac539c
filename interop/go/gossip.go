package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"sync"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// gossipOptions are the value of --gossipsub; what is absent stays as in the library.
type gossipOptions struct {
	Version                   string `json:"version"`
	Floodsub                  string `json:"floodsub"`
	D                         *int   `json:"d"`
	DLow                      *int   `json:"dLow"`
	DHigh                     *int   `json:"dHigh"`
	DOut                      *int   `json:"dOut"`
	DLazy                     *int   `json:"dLazy"`
	FloodPublish              *bool  `json:"floodPublish"`
	PX                        bool   `json:"px"`
	HeartbeatMillis           int    `json:"heartbeatMillis"`
	PruneBackoffSeconds       int    `json:"pruneBackoffSeconds"`
	UnsubscribeBackoffSeconds int    `json:"unsubscribeBackoffSeconds"`
	RPCBytesMax               int    `json:"rpcBytesMax"`
}

// gossip holds what the commands ask for.
type gossip struct {
	self   peer.ID
	pubsub *pubsub.PubSub
	tracer *gossipTracer

	mu            sync.Mutex
	topics        map[string]*pubsub.Topic
	subscriptions map[string]*pubsub.Subscription
	messages      map[string][]answer
}

func addGossip(c *control, h host.Host, text string) error {
	var options gossipOptions
	if err := json.Unmarshal([]byte(text), &options); err != nil {
		return err
	}
	g := &gossip{
		self:          h.ID(),
		tracer:        newGossipTracer(),
		topics:        map[string]*pubsub.Topic{},
		subscriptions: map[string]*pubsub.Subscription{},
		messages:      map[string][]answer{},
	}
	var err error
	if options.Floodsub == "only" {
		g.pubsub, err = pubsub.NewFloodSub(context.Background(), h, g.common(options)...)
	} else {
		g.pubsub, err = pubsub.NewGossipSub(context.Background(), h, g.options(options)...)
	}
	if err != nil {
		return err
	}
	c.on("subscribe", g.subscribe)
	c.on("unsubscribe", g.unsubscribe)
	c.on("publish", g.publish)
	c.on("messages", g.received)
	c.on("mesh", func(_ context.Context, cmd command) (answer, error) {
		return answer{"peers": g.tracer.meshOf(cmd.Topic)}, nil
	})
	c.on("subscribers", func(_ context.Context, cmd command) (answer, error) {
		return answer{"peers": texts(g.pubsub.ListPeers(cmd.Topic))}, nil
	})
	c.on("gossipPeers", func(context.Context, command) (answer, error) {
		return answer{"peers": g.tracer.protocols()}, nil
	})
	c.on("gossipStats", func(context.Context, command) (answer, error) {
		return g.tracer.stats(), nil
	})
	return nil
}

func (g *gossip) options(o gossipOptions) []pubsub.Option {
	p := pubsub.DefaultGossipSubParams()
	set := func(value *int, param *int) {
		if value != nil {
			*param = *value
		}
	}
	set(o.D, &p.D)
	set(o.DLow, &p.Dlo)
	set(o.DHigh, &p.Dhi)
	set(o.DOut, &p.Dout)
	set(o.DLazy, &p.Dlazy)
	p.Dscore = min(p.Dscore, p.Dhi)
	if o.HeartbeatMillis > 0 {
		p.HeartbeatInterval = time.Duration(o.HeartbeatMillis) * time.Millisecond
	}
	if o.PruneBackoffSeconds > 0 {
		p.PruneBackoff = time.Duration(o.PruneBackoffSeconds) * time.Second
	}
	if o.UnsubscribeBackoffSeconds > 0 {
		p.UnsubscribeBackoff = time.Duration(o.UnsubscribeBackoffSeconds) * time.Second
	}
	options := append(g.common(o),
		pubsub.WithGossipSubParams(p),
		pubsub.WithPeerExchange(o.PX),
	)
	if o.FloodPublish != nil {
		options = append(options, pubsub.WithFloodPublish(*o.FloodPublish))
	}
	if o.Version != "" || o.Floodsub == "" {
		var ids []protocol.ID
		for _, id := range pubsub.GossipSubDefaultProtocols {
			if id == pubsub.FloodSubID {
				if o.Floodsub != "" {
					ids = append(ids, id)
				}
			} else if o.Version == "" || id <= protocol.ID("/meshsub/"+o.Version+".0") {
				ids = append(ids, id)
			}
		}
		options = append(options, pubsub.WithGossipSubProtocols(ids, pubsub.GossipSubDefaultFeatures))
	}
	return options
}

// common are the options of floodsub too.
func (g *gossip) common(o gossipOptions) []pubsub.Option {
	options := []pubsub.Option{
		pubsub.WithMessageSignaturePolicy(pubsub.StrictSign),
		pubsub.WithMessageIdFn(func(m *pb.Message) string { return string(m.GetFrom()) + string(m.GetSeqno()) }),
		pubsub.WithRawTracer(g.tracer),
		// It drops what comes while 32 messages wait for their signature to be checked.
		pubsub.WithValidateQueueSize(4096),
	}
	if o.RPCBytesMax > 0 {
		options = append(options, pubsub.WithMaxMessageSize(o.RPCBytesMax))
	}
	return options
}

func (g *gossip) join(topic string) (*pubsub.Topic, error) {
	if t := g.topics[topic]; t != nil {
		return t, nil
	}
	t, err := g.pubsub.Join(topic)
	if err == nil {
		g.topics[topic] = t
	}
	return t, err
}

func (g *gossip) subscribe(_ context.Context, cmd command) (answer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.subscriptions[cmd.Topic] != nil {
		return nil, nil
	}
	topic, err := g.join(cmd.Topic)
	if err != nil {
		return nil, err
	}
	subscription, err := topic.Subscribe(pubsub.WithBufferSize(4096))
	if err != nil {
		return nil, err
	}
	g.subscriptions[cmd.Topic] = subscription
	go func() {
		for {
			m, err := subscription.Next(context.Background())
			if err != nil {
				return
			}
			if m.GetFrom() != g.self {
				g.receive(cmd.Topic, m)
			}
		}
	}()
	return nil, nil
}

func (g *gossip) receive(topic string, m *pubsub.Message) {
	sum := sha256.Sum256(m.GetData())
	g.mu.Lock()
	defer g.mu.Unlock()
	g.messages[topic] = append(g.messages[topic], answer{
		"from":   m.GetFrom().String(),
		"via":    m.ReceivedFrom.String(),
		"bytes":  len(m.GetData()),
		"sha256": hex.EncodeToString(sum[:]),
	})
}

func (g *gossip) unsubscribe(_ context.Context, cmd command) (answer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if subscription := g.subscriptions[cmd.Topic]; subscription != nil {
		subscription.Cancel()
		delete(g.subscriptions, cmd.Topic)
	}
	return nil, nil
}

func (g *gossip) publish(ctx context.Context, cmd command) (answer, error) {
	data, err := cmd.payload()
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	topic, err := g.join(cmd.Topic)
	g.mu.Unlock()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	return answer{"sha256": hex.EncodeToString(sum[:])}, topic.Publish(ctx, data)
}

// payload is the command's base64 data, or else seeded bytes.
func (c command) payload() ([]byte, error) {
	if c.Data != "" {
		return base64.StdEncoding.DecodeString(c.Data)
	}
	data := make([]byte, c.Bytes)
	_, err := io.ReadFull(newXorshift(c.Seed), data)
	return data, err
}

func (g *gossip) received(_ context.Context, cmd command) (answer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return answer{"messages": append([]answer{}, g.messages[cmd.Topic]...)}, nil
}

func texts(peers []peer.ID) []string {
	all := []string{}
	for _, p := range peers {
		all = append(all, p.String())
	}
	return all
}

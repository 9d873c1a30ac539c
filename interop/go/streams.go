package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
	multistream "github.com/multiformats/go-multistream"
)

const (
	echoProtocol      = protocol.ID("/minga/interop/echo/1.0.0")
	halfCloseProtocol = protocol.ID("/minga/interop/halfclose/1.0.0")
	resetProtocol     = protocol.ID("/minga/interop/reset/1.0.0")
	nobodyProtocol    = protocol.ID("/minga/interop/nobody/1.0.0")

	chunkBytes     = 64 << 10
	halfCloseBytes = 1000
)

// streams are the application protocols of the contract and what they count.
type streams struct {
	host       host.Host
	resetsSeen atomic.Int64
	open       atomic.Int64
	heldEnded  atomic.Int64
}

func addStreams(c *control, h host.Host) {
	s := &streams{host: h}
	h.SetStreamHandler(echoProtocol, s.inbound(s.serveEcho))
	h.SetStreamHandler(halfCloseProtocol, s.inbound(serveHalfClose))
	h.SetStreamHandler(resetProtocol, s.inbound(serveReset))

	c.on("echo", s.echo)
	c.on("parallel", s.parallel)
	c.on("halfclose", s.halfClose)
	c.on("reset", s.reset)
	c.on("abort", s.abort)
	c.on("hold", s.hold)
	c.on("unsupported", s.unsupported)
	c.on("stats", func(context.Context, command) (answer, error) {
		return answer{
			"resetsSeen":  s.resetsSeen.Load(),
			"openStreams": s.open.Load(),
			"heldEnded":   s.heldEnded.Load(),
		}, nil
	})
}

// inbound counts the stream while serve runs; an error of serve resets it.
func (s *streams) inbound(serve func(network.Stream) error) network.StreamHandler {
	return func(stream network.Stream) {
		s.open.Add(1)
		defer s.open.Add(-1)
		if err := serve(stream); err != nil {
			stream.Reset()
			return
		}
		stream.Close()
	}
}

func (s *streams) serveEcho(stream network.Stream) error {
	_, err := io.CopyBuffer(struct{ io.Writer }{stream}, struct{ io.Reader }{stream}, make([]byte, chunkBytes))
	if err != nil {
		s.resetsSeen.Add(1)
	}
	return err
}

func serveHalfClose(stream network.Stream) error {
	hash := sha256.New()
	if _, err := io.Copy(hash, stream); err != nil {
		return err
	}
	_, err := stream.Write(hash.Sum(nil))
	return err
}

func serveReset(stream network.Stream) error {
	if _, err := stream.Read(make([]byte, 1)); err != nil {
		return err
	}
	return stream.Reset()
}

// dial opens a stream to the command's peer; done ends its counting.
func (s *streams) dial(ctx context.Context, cmd command, p protocol.ID) (stream network.Stream, done func(), err error) {
	to, err := cmd.peerID()
	if err != nil {
		return nil, nil, err
	}
	stream, err = s.host.NewStream(network.WithNoDial(ctx, "contract"), to, p)
	if err != nil {
		return nil, nil, err
	}
	s.open.Add(1)
	abort := context.AfterFunc(ctx, func() { stream.Reset() })
	return stream, func() { abort(); s.open.Add(-1) }, nil
}

type echoed struct {
	received             int64
	sentSum, receivedSum []byte
}

func (e echoed) matches() bool { return bytes.Equal(e.sentSum, e.receivedSum) }

// echoOnce writes and reads at the same time, as windows smaller than the data demand.
func (s *streams) echoOnce(ctx context.Context, cmd command, seed uint64) (echoed, error) {
	stream, done, err := s.dial(ctx, cmd, echoProtocol)
	if err != nil {
		return echoed{}, err
	}
	defer done()

	sent := sha256.New()
	wrote := make(chan error, 1)
	go func() {
		_, err := io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(stream, sent)},
			io.LimitReader(newXorshift(seed), cmd.Bytes), make([]byte, chunkBytes))
		if err == nil {
			err = stream.CloseWrite()
		}
		if err != nil {
			stream.Reset()
		}
		wrote <- err
	}()

	received := sha256.New()
	n, err := io.CopyBuffer(received, struct{ io.Reader }{stream}, make([]byte, chunkBytes))
	if err != nil {
		stream.Reset()
		<-wrote
		return echoed{}, fmt.Errorf("after %d bytes: %w", n, err)
	}
	if err := <-wrote; err != nil {
		return echoed{}, err
	}
	stream.Close()
	return echoed{n, sent.Sum(nil), received.Sum(nil)}, nil
}

func (s *streams) echo(ctx context.Context, cmd command) (answer, error) {
	e, err := s.echoOnce(ctx, cmd, cmd.Seed)
	if err != nil {
		return nil, err
	}
	return answer{
		"bytesReceived":  e.received,
		"sha256Sent":     hex.EncodeToString(e.sentSum),
		"sha256Received": hex.EncodeToString(e.receivedSum),
	}, nil
}

func (s *streams) parallel(ctx context.Context, cmd command) (answer, error) {
	var (
		all      sync.WaitGroup
		matching atomic.Int64
		mu       sync.Mutex
		first    error
	)
	for i := range cmd.Streams {
		all.Go(func() {
			e, err := s.echoOnce(ctx, cmd, cmd.Seed+uint64(i))
			if err != nil {
				mu.Lock()
				first = errors.Join(first, err)
				mu.Unlock()
			} else if e.matches() && e.received == cmd.Bytes {
				matching.Add(1)
			}
		})
	}
	all.Wait()
	a := answer{"matching": matching.Load()}
	if first != nil {
		a["failures"] = first.Error()
	}
	return a, nil
}

func (s *streams) halfClose(ctx context.Context, cmd command) (answer, error) {
	stream, done, err := s.dial(ctx, cmd, halfCloseProtocol)
	if err != nil {
		return nil, err
	}
	defer done()
	data := make([]byte, halfCloseBytes)
	io.ReadFull(newXorshift(cmd.Seed), data)
	if _, err := stream.Write(data); err != nil {
		stream.Reset()
		return nil, err
	}
	if err := stream.CloseWrite(); err != nil {
		stream.Reset()
		return nil, err
	}
	reply, err := io.ReadAll(io.LimitReader(stream, 1<<16))
	if err != nil {
		stream.Reset()
		return nil, err
	}
	stream.Close()
	want := sha256.Sum256(data)
	return answer{"matches": bytes.Equal(reply, want[:])}, nil
}

func (s *streams) reset(ctx context.Context, cmd command) (answer, error) {
	stream, done, err := s.dial(ctx, cmd, resetProtocol)
	if err != nil {
		return nil, err
	}
	defer done()
	if _, err := stream.Write([]byte{1}); err != nil {
		stream.Reset()
		return nil, err
	}
	_, err = io.Copy(io.Discard, stream)
	stream.Reset()
	return answer{"reset": errors.Is(err, network.ErrReset)}, nil
}

// echoOneByte opens an echo stream and proves that it works.
func (s *streams) echoOneByte(ctx context.Context, cmd command) (network.Stream, func(), error) {
	stream, done, err := s.dial(ctx, cmd, echoProtocol)
	if err != nil {
		return nil, nil, err
	}
	one := []byte{42}
	if _, err = stream.Write(one); err == nil {
		_, err = io.ReadFull(stream, one)
	}
	if err == nil && one[0] != 42 {
		err = errors.New("another byte came back")
	}
	if err != nil {
		stream.Reset()
		done()
		return nil, nil, err
	}
	return stream, done, nil
}

func (s *streams) abort(ctx context.Context, cmd command) (answer, error) {
	stream, done, err := s.echoOneByte(ctx, cmd)
	if err != nil {
		return nil, err
	}
	defer done()
	return nil, stream.Reset()
}

// hold answers at once; the stream outlives the command.
func (s *streams) hold(_ context.Context, cmd command) (answer, error) {
	stream, done, err := s.echoOneByte(context.Background(), cmd)
	if err != nil {
		return nil, err
	}
	go func() {
		defer done()
		if _, err := io.Copy(io.Discard, stream); err != nil {
			s.resetsSeen.Add(1)
			stream.Reset()
		} else {
			stream.Close()
		}
		s.heldEnded.Add(1)
	}()
	return nil, nil
}

func (s *streams) unsupported(ctx context.Context, cmd command) (answer, error) {
	stream, done, err := s.dial(ctx, cmd, nobodyProtocol)
	if err != nil {
		var refusal multistream.ErrNotSupported[protocol.ID]
		if errors.As(err, &refusal) {
			return answer{"refused": true}, nil
		}
		return nil, err
	}
	defer done()
	stream.Reset()
	return answer{"refused": false}, nil
}

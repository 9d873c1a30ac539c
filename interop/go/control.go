package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/libp2p/go-libp2p/core/peer"
)

// command is one line of stdin. A command uses the fields that it needs.
type command struct {
	ID      json.RawMessage `json:"id"`
	Cmd     string          `json:"cmd"`
	Addr    string          `json:"addr"`
	Peer    string          `json:"peer"`
	Bytes   int64           `json:"bytes"`
	Seed    uint64          `json:"seed"`
	Count   int             `json:"count"`
	Streams int             `json:"streams"`
	Topic   string          `json:"topic"`
	Data    string          `json:"data"`
}

func (c command) peerID() (peer.ID, error) { return peer.Decode(c.Peer) }

// answer holds what goes beside "id" and "ok" in one line of stdout.
type answer map[string]any

type handler func(context.Context, command) (answer, error)

// control reads commands and answers each with one line, in the order they finish.
type control struct {
	handlers map[string]handler
	mu       sync.Mutex
	out      *json.Encoder
}

func newControl(out io.Writer) *control {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return &control{handlers: map[string]handler{}, out: e}
}

func (c *control) on(name string, h handler) { c.handlers[name] = h }

func (c *control) write(a answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.out.Encode(a); err != nil {
		fmt.Fprintln(os.Stderr, "peer: stdout is gone:", err)
		os.Exit(0)
	}
}

// serve returns at the end of in.
func (c *control) serve(ctx context.Context, in io.Reader) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var cmd command
		if err := json.Unmarshal(lines.Bytes(), &cmd); err != nil {
			c.write(answer{"id": nil, "ok": false, "error": "not a command: " + err.Error()})
			continue
		}
		go c.handle(ctx, cmd)
	}
	return lines.Err()
}

func (c *control) handle(ctx context.Context, cmd command) {
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	h, known := c.handlers[cmd.Cmd]
	if !known {
		c.write(answer{"id": cmd.ID, "ok": false, "error": "unsupported: no command " + cmd.Cmd})
		return
	}
	a, err := h(ctx, cmd)
	if err != nil {
		c.write(answer{"id": cmd.ID, "ok": false, "error": err.Error()})
		return
	}
	if a == nil {
		a = answer{}
	}
	a["id"], a["ok"] = cmd.ID, true
	c.write(a)
}

package main

import "encoding/binary"

// xorshift is a reader of the contract's endless test data, xorshift64* in
// little-endian words.
type xorshift struct {
	state uint64
	word  [8]byte
	left  int
}

func newXorshift(seed uint64) *xorshift {
	return &xorshift{state: seed*0x9E3779B97F4A7C15 | 1}
}

func (x *xorshift) Read(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if x.left == 0 {
			x.state ^= x.state >> 12
			x.state ^= x.state << 25
			x.state ^= x.state >> 27
			binary.LittleEndian.PutUint64(x.word[:], x.state*0x2545F4914F6CDD1D)
			x.left = len(x.word)
		}
		copied := copy(p, x.word[len(x.word)-x.left:])
		x.left -= copied
		p = p[copied:]
	}
	return n, nil
}

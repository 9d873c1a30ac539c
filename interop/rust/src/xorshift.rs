/// The contract's endless test data: xorshift64* in little-endian words.
pub struct Xorshift {
    state: u64,
    word: [u8; 8],
    left: usize,
}

impl Xorshift {
    pub fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1, word: [0; 8], left: 0 }
    }

    pub fn fill(&mut self, mut out: &mut [u8]) {
        while !out.is_empty() {
            if self.left == 0 {
                self.state ^= self.state >> 12;
                self.state ^= self.state << 25;
                self.state ^= self.state >> 27;
                self.word = self.state.wrapping_mul(0x2545_F491_4F6C_DD1D).to_le_bytes();
                self.left = 8;
            }
            let n = self.left.min(out.len());
            out[..n].copy_from_slice(&self.word[8 - self.left..8 - self.left + n]);
            self.left -= n;
            out = &mut out[n..];
        }
    }
}

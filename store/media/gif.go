package media

// manyFrames says whether a GIF holds more frames than any sane animation: a
// file made to keep its readers busy. It is false for what is not a GIF, and
// for one that ends early, which the decoder judges.
func manyFrames(data []byte) bool {
	g := gifReader{data}
	if string(g.take(3)) != "GIF" {
		return false
	}
	g.take(7) // version, width, height
	flags := g.take(1)
	g.take(2) // background, aspect ratio
	g.skipColours(flags)
	for frames := 0; frames <= maxFrames; {
		switch b := g.take(1); {
		case len(b) == 0 || b[0] == ';':
			return false
		case b[0] == ',':
			frames++
			g.take(8) // position and size
			g.skipColours(g.take(1))
			g.take(1) // LZW code size
		default:
			g.take(1) // extension label
		}
		g.skipBlocks()
	}
	return true
}

// gifReader walks over the blocks of a GIF; past the end everything is empty.
type gifReader struct{ rest []byte }

func (g *gifReader) take(n int) []byte {
	n = min(n, len(g.rest))
	b := g.rest[:n]
	g.rest = g.rest[n:]
	return b
}

// skipColours passes the colour table that flags announce.
func (g *gifReader) skipColours(flags []byte) {
	if len(flags) == 1 && flags[0]&0x80 != 0 {
		g.take(3 << (flags[0]&7 + 1))
	}
}

// skipBlocks passes data blocks, to the empty one that ends them.
func (g *gifReader) skipBlocks() {
	for {
		size := g.take(1)
		if len(size) == 0 || size[0] == 0 {
			return
		}
		g.take(int(size[0]))
	}
}

package geo

import "strings"

// index writes the lines that Search goes through: a space, the folded name, a
// tab, the postal codes with a space before each.
func (c *communeTable) index() {
	var words strings.Builder
	words.Grow(len(c.text))
	for i := range c.rows() {
		c.wordStarts = append(c.wordStarts, uint32(words.Len()))
		words.WriteByte(' ')
		words.WriteString(Fold(c.name(i)))
		words.WriteByte('\t')
		if postal := c.postal(i); postal != "" {
			words.WriteByte(' ')
			words.WriteString(postal)
		}
		words.WriteByte('\n')
	}
	c.words = words.String()
	c.wordStarts = append(c.wordStarts, uint32(words.Len()))
}

func (c *communeTable) wordLine(i int) string {
	return c.words[c.wordStarts[i] : c.wordStarts[i+1]-1]
}

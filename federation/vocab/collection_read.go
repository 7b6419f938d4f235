package vocab

// Items returns the items of a collection or page, named or embedded, in order.
func (d Doc) Items() []Ref {
	if refs := d.Refs("orderedItems"); len(refs) > 0 {
		return refs
	}
	return d.Refs("items")
}

// Count returns how many things the collection under key has, when it is
// embedded and says so: likes, shares and replies come as a bare address, as a
// count alone, or in full.
func (d Doc) Count(key string) (int64, bool) {
	c := d.Doc(key)
	if n, ok := c.Int("totalItems"); ok {
		return max(n, 0), true
	}
	n := len(c.Items())
	return int64(n), n > 0
}

package store

// seats checks that places are at events that are here, that they are found by
// who has them, and that events of this node count them.
func (c *checker) seats() {
	taken, want := map[ID]int{}, map[string][]byte{}
	for k, v := range c.t.scan([]byte(tSeat), false) {
		s := new(Seat)
		mustDecode(k, v, s)
		if s.State == Accepted {
			taken[s.Event]++
		}
		if s.Actor != "" {
			want[string(hash16(s.Actor))+string(s.Event.Key())] = nil
		}
		if _, err := c.t.Record(s.Event); err != nil {
			c.says("place %q: %v", k, err)
		}
	}
	c.compare(tSeatOf, want)
	c.eachRecord(func(it Item) {
		if e, ok := it.(*Event); ok && !e.Remote && e.Participants != taken[e.ID] {
			c.says("event %s counts %d places, want %d", e.IRI, e.Participants, taken[e.ID])
		}
	})
}

package store

// timelines checks what is derived for reading: every entry has its reason, and
// every reason its entry.
func (c *checker) timelines() {
	c.tables()
	c.homes()
	c.numbers()
	c.reacted()
}

func (c *checker) tables() {
	tags, replies := map[string][]byte{}, map[string][]byte{}
	open := map[string]bool{}
	c.eachRecord(func(it Item) {
		r := it.Envelope()
		id := string(r.ID.Key())
		if r.InReplyTo != "" {
			replies[string(hash16(r.InReplyTo))+id] = []byte{r.Audience.code()}
		}
		if r.Audience != Public {
			return
		}
		for _, tag := range r.Hashtags() {
			tags[string(tagHash(tag))+id] = []byte{}
		}
		origin := fromHome
		if r.Remote {
			origin = fromAway
		}
		open[string(origin)+id] = true
		if r.InReplyTo == "" && c.t.tx.Get(key(tPublic, origin, r.ID)) == nil {
			c.says("record %s is not in the public timeline", r.IRI)
		}
	})
	c.compare(tTag, tags)
	c.compare(tReplies, replies)
	for k := range c.t.scan([]byte(tPublic), false) {
		if !open[string(k)] {
			c.says("%s: entry %q is too much", tPublic, k)
		}
	}
}

func (c *checker) homes() {
	for k, v := range c.t.scan([]byte(tHome), false) {
		reader, id := idFromKey(k), idFromKey(k[8:])
		e, ok := c.t.entry(id, v)
		author := e.By
		if ok && author == 0 {
			author = c.t.getID(key(tActorIRI, hash16(e.Item.Envelope().Lab)))
		}
		if !ok || !c.hears(reader, author) {
			c.says("home of %s: entry %s of %s is too much", reader, id, author)
		}
		if e.By != 0 && !c.t.Reacted(e.Item.Envelope().ID, Announced, e.By) {
			c.says("home of %s: nobody announced %s", reader, id)
		}
	}
	c.eachRecord(func(it Item) {
		r := it.Envelope()
		author := c.t.getID(key(tActorIRI, hash16(r.Lab)))
		for reader := range c.t.hearers(author) {
			if reader != author && r.InReplyTo == "" && !c.t.InHome(reader, r.ID) {
				c.says("home of %s lacks %s", reader, r.IRI)
			}
		}
	})
}

func (c *checker) hears(reader, author ID) bool {
	return reader == author || c.t.Follows(reader, author)
}

func (c *checker) numbers() {
	posts, follows := map[string]int{}, map[string]int{}
	c.eachRecord(func(it Item) {
		if r := it.Envelope(); r.Audience.Open() {
			posts[string(hash16(r.Lab))]++
		}
	})
	for k, v := range c.t.scan([]byte(tFollowing), false) {
		f := new(Follow)
		mustDecode(k, v, f)
		if f.State == Accepted {
			follows[string(f.Follower.Key())+"f"]++
			follows[string(f.Followed.Key())+"g"]++
		}
	}
	c.counts(tPosts, posts)
	c.counts(tFollowCount, follows)
}

func (c *checker) counts(table string, want map[string]int) {
	for k := range c.t.scan([]byte(table), false) {
		if got := c.t.counted(key(table, k)); got != want[string(k)] {
			c.says("%s: %q: got %d, want %d", table, k, got, want[string(k)])
		}
		delete(want, string(k))
	}
	for k, n := range want {
		c.says("%s: %q: got nothing, want %d", table, k, n)
	}
}

func (c *checker) reacted() {
	want := map[string][]byte{}
	for k, v := range c.t.scan([]byte(tReaction), false) {
		r := new(Reaction)
		mustDecode(k, v, r)
		want[string(reactedKey(r.Actor, r.Kind)[len(tReacted):])+string(r.ID.Key())] = announced(r.Record, r.Actor)
	}
	c.compare(tReacted, want)
}

package store

import (
	"iter"
	"slices"
)

// FollowTag says that an actor wants to hear of a hashtag, or no longer: what is
// public and has it comes to its home, or leaves it.
func (t *Txn) FollowTag(actor ID, tag string, on bool) {
	if on {
		t.tx.Put(key(tFollowedTag, actor, tag), nil)
		t.tx.Put(key(tTagReader, tagHash(tag), actor), nil)
		t.fillByTag(actor, tag)
		return
	}
	t.tx.Delete(key(tFollowedTag, actor, tag))
	t.tx.Delete(key(tTagReader, tagHash(tag), actor))
	t.emptyByTag(actor, tag)
}

// FollowsTag says whether an actor wants to hear of a hashtag.
func (t *Txn) FollowsTag(actor ID, tag string) bool {
	return t.tx.Get(key(tFollowedTag, actor, tag)) != nil
}

// FollowedTags are the hashtags that an actor wants to hear of, in lower case.
func (t *Txn) FollowedTags(actor ID) []string {
	var tags []string
	for k := range t.scan(key(tFollowedTag, actor), false) {
		tags = append(tags, string(k))
	}
	slices.Sort(tags)
	return tags
}

// unfollowTags forgets the hashtags of an actor that leaves.
func (t *Txn) unfollowTags(actor ID) {
	for _, tag := range t.FollowedTags(actor) {
		t.tx.Delete(key(tTagReader, tagHash(tag), actor))
	}
}

// tagReaders yields the actors of this node who follow a hashtag of a public record.
func (t *Txn) tagReaders(r *Record) iter.Seq[ID] {
	return func(yield func(ID) bool) {
		if r.Audience != Public {
			return
		}
		for _, tag := range r.Hashtags() {
			for k := range t.scan(key(tTagReader, tagHash(tag)), false) {
				if !yield(idFromKey(k)) {
					return
				}
			}
		}
	}
}

// readsTagOf says whether a reader follows a hashtag of a record.
func (t *Txn) readsTagOf(reader ID, r *Record) bool {
	for id := range t.tagReaders(r) {
		if id == reader {
			return true
		}
	}
	return false
}

func (t *Txn) fillByTag(reader ID, tag string) {
	n := 0
	for k := range t.scan(key(tTag, tagHash(tag)), true) {
		t.tx.Put(key(tHome, reader, k), nil)
		if n++; n == homeDepth {
			return
		}
	}
}

// emptyByTag takes away what came home by a hashtag alone.
func (t *Txn) emptyByTag(reader ID, tag string) {
	for k := range t.scan(key(tTag, tagHash(tag)), false) {
		id := idFromKey(k)
		if !t.InHome(reader, id) {
			continue
		}
		it, err := t.Record(id)
		if err == nil && !t.heardBy(reader, it.Envelope()) && !t.readsTagOf(reader, it.Envelope()) {
			t.tx.Delete(key(tHome, reader, id))
		}
	}
}

// heardBy says whether a record stands in the home of a reader because of who
// published it.
func (t *Txn) heardBy(reader ID, r *Record) bool {
	author := t.getID(key(tActorIRI, hash16(r.Lab)))
	return (author == reader || t.Follows(reader, author)) && t.belongsHome(reader, r)
}

// tagReadersIndexed lists those who follow a hashtag below it (schema 4).
func tagReadersIndexed(t *Txn) error {
	for k := range t.scan([]byte(tFollowedTag), false) {
		actor, tag := idFromKey(k), string(k[8:])
		t.tx.Put(key(tTagReader, tagHash(tag), actor), nil)
	}
	return nil
}

package store_test

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

func to(urls ...string) []store.Recipient {
	var list []store.Recipient
	for i, u := range urls {
		list = append(list, store.Recipient{Actor: store.ID(i + 1), Inbox: u})
	}
	return list
}

func outLog(tx *store.Txn, after store.ID) []*store.Outgoing {
	return slices.Collect(tx.OutLog(after))
}

func TestEnqueueIsOneDeliveryPerInbox(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		tx.Enqueue(store.Outgoing{Actor: 1, Verb: "Create", Object: "o", Body: []byte("body")}, to(
			"https://b.example/inbox", "https://a.example/inbox", "https://b.example/inbox",
			"", "ftp://a.example/inbox", "https://user@a.example/inbox", "nonsense",
		))
		tx.Enqueue(store.Outgoing{Verb: "Update"}, to("https://a.example/inbox"))
		tx.Enqueue(store.Outgoing{Verb: "Nothing"}, to("mailto:a@a.example"))
		tx.Enqueue(store.Outgoing{Verb: "Nothing"}, nil)
	})
	view(t, s, func(tx *store.Txn) {
		log := outLog(tx, 0)
		if len(log) != 2 || log[0].Verb != "Create" || string(log[0].Body) != "body" || log[0].Seq >= log[1].Seq {
			t.Fatalf("got %+v", log)
		}
		if !slices.Equal(log[0].Inboxes, []uint32{1, 2}) || !slices.Equal(log[1].Inboxes, []uint32{2}) {
			t.Errorf("got %v and %v", log[0].Inboxes, log[1].Inboxes)
		}
		in, err := tx.Inbox(1)
		if err != nil || in.URL != "https://b.example/inbox" || in.Host != "b.example" || in.Number != 1 || in.Actor != 1 {
			t.Errorf("got %+v, %v", in, err)
		}
		_, err = tx.Inbox(3)
		wantErr(t, "an inbox that is none", err, store.ErrNotFound)
		if rest := outLog(tx, log[0].Seq); len(rest) != 1 || rest[0].Verb != "Update" {
			t.Errorf("after the first: got %+v", rest)
		}
	})
	update(t, s, func(tx *store.Txn) {
		log := outLog(tx, 0)
		if got := tx.TrimOutLog(log[1].Seq, 10); got != 1 {
			t.Errorf("trimmed %d, want 1", got)
		}
		if got := outLog(tx, 0); len(got) != 1 || got[0].Seq != log[1].Seq {
			t.Errorf("got %+v", got)
		}
	})
}

func TestEnqueueLeavesItsArgumentsAlone(t *testing.T) {
	s, _ := open(t)
	room := make([]uint32, 0, 8)
	o := store.Outgoing{Inboxes: room}
	update(t, s, func(tx *store.Txn) { tx.Enqueue(o, to("https://a.example/inbox")) })
	if room[:1][0] != 0 {
		t.Error("wrote into the caller's slice")
	}
}

func TestBacklogByHost(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		tx.Enqueue(store.Outgoing{}, to("https://a.example/1", "https://a.example/2", "https://b.example/1", "https://lost.example/1"))
		first := outLog(tx, 0)[0].Seq
		tx.Enqueue(store.Outgoing{}, to("https://a.example/2", "https://b.example/1"))
		tx.PutLane(&store.Lane{Host: "b.example", Cursor: first})
		tx.PutLane(&store.Lane{Host: "lost.example", State: store.Lost})
		if got, want := tx.Backlog(), map[string]int{"a.example": 2, "b.example": 1}; !maps.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestLanes(t *testing.T) {
	s, _ := open(t)
	want := &store.Lane{Host: "a.example:8443", Cursor: 7, State: store.Failing, Since: noon, Fails: 3, GoneDays: []string{"2026-03-02"}}
	update(t, s, func(tx *store.Txn) {
		if got := tx.Lane("a.example"); !reflect.DeepEqual(got, &store.Lane{Host: "a.example"}) {
			t.Errorf("new: got %+v", got)
		}
		tx.PutLane(want)
		tx.PutLane(&store.Lane{Host: "a.example"})
	})
	view(t, s, func(tx *store.Txn) {
		if got := tx.Lane(want.Host); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		var hosts []string
		for l := range tx.Lanes() {
			hosts = append(hosts, l.Host)
		}
		if !slices.Equal(hosts, []string{"a.example", "a.example:8443"}) {
			t.Errorf("got %v", hosts)
		}
	})
}

func TestGoneInboxEndsTheFollowsAnsweredThere(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		follow := func(follower, followed store.ID, inbox string) {
			tx.PutFollow(&store.Follow{Follower: follower, Followed: followed, State: store.Accepted, Inbox: inbox})
		}
		follow(5, 1, "https://a.example/5/inbox")
		follow(5, 2, "https://a.example/moved")
		follow(6, 1, "https://a.example/5/inbox")
		tx.DropInbox(&store.Inbox{URL: "https://a.example/5/inbox", Actor: 5})
		if tx.Follows(5, 1) || !tx.Follows(5, 2) || !tx.Follows(6, 1) {
			t.Error("ended the wrong follows")
		}
	})
}

func FuzzOutgoing(f *testing.F) {
	f.Add(uint64(1), "Create", "https://home.example/o/1", []byte{1, 2, 255}, []byte("{}"))
	f.Add(uint64(0), "", "", []byte{}, []byte{})
	f.Add(uint64(math.MaxUint64), "\x00", "é\n", []byte{0, 0, 0, 0, 255, 255, 255, 255}, []byte("\xff"))
	f.Fuzz(func(t *testing.T, actor uint64, verb, object string, numbers, body []byte) {
		want := &store.Outgoing{Seq: 4, Actor: store.ID(actor), Verb: string(bytes.ToValidUTF8([]byte(verb), nil)), Object: string(bytes.ToValidUTF8([]byte(object), nil)), Body: body}
		for i := 0; i+4 <= len(numbers); i += 4 {
			want.Inboxes = append(want.Inboxes, uint32(numbers[i])<<24|uint32(numbers[i+1])<<16|uint32(numbers[i+2])<<8|uint32(numbers[i+3]))
		}
		slices.Sort(want.Inboxes)
		want.Inboxes = slices.Compact(want.Inboxes)
		got := store.DecodeOutgoing(4, want.Encode())
		if got.Actor != want.Actor || got.Verb != want.Verb || got.Object != want.Object || !bytes.Equal(got.Body, body) || !slices.Equal(got.Inboxes, want.Inboxes) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

// What was damaged is said so at once: no endless loop, no index out of range.
func FuzzDamagedOutgoing(f *testing.F) {
	f.Add((&store.Outgoing{Inboxes: []uint32{1, 900}, Body: []byte("{}")}).Encode())
	f.Add([]byte("\x11" + `{"a":"1","i":"gA"}`))
	f.Add([]byte("\x15" + `{"a":"1","i":"gA=="}`))
	f.Add([]byte("\x21" + `{"a":"1","i":"/////////////w8="}`))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		defer func() {
			if r := recover(); r != nil && !strings.Contains(fmt.Sprint(r), "damaged") {
				t.Errorf("panic: %v", r)
			}
		}()
		if o := store.DecodeOutgoing(4, b); len(o.Body) > len(b) {
			t.Errorf("got %d bytes out of %d", len(o.Body), len(b))
		}
	})
}

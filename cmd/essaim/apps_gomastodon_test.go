//go:build peers

package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-mastodon"
)

// goApp is go-mastodon, signed in.
type goApp struct {
	*mastodon.Client
	w   *world
	ctx context.Context
}

func (w *world) newGoApp(ctx context.Context) *goApp {
	w.t.Helper()
	app, err := mastodon.RegisterApp(ctx, &mastodon.AppConfig{
		Server: w.estran.url(""), ClientName: "go-mastodon", Scopes: "read write follow", RedirectURIs: "urn:ietf:wg:oauth:2.0:oob",
	})
	if err != nil {
		w.t.Fatal(err)
	}
	c := mastodon.NewClient(&mastodon.Config{Server: w.estran.url(""), ClientID: app.ClientID, ClientSecret: app.ClientSecret})
	if err := c.GetUserAccessToken(ctx, w.agree(app.AuthURI), app.RedirectURI); err != nil {
		w.t.Fatal(err)
	}
	return &goApp{c, w, ctx}
}

func (c *goApp) check(what string, err error) {
	c.w.t.Helper()
	if err != nil {
		c.w.t.Fatalf("%s: %v", what, err)
	}
}

// followed follows the other lab and waits until its record is at home.
func (c *goApp) followed() *mastodon.Status {
	c.w.t.Helper()
	found, err := c.Search(c.ctx, c.w.calanques.address(), true)
	c.check("search", err)
	if len(found.Accounts) != 1 {
		c.w.t.Fatalf("found %v", found.Accounts)
	}
	_, err = c.AccountFollow(c.ctx, found.Accounts[0].ID)
	c.check("follow", err)
	var record *mastodon.Status
	eventually(c.w.t, "the record comes home", 100*time.Millisecond, func() bool {
		list, err := c.GetTimelineHome(c.ctx, nil)
		c.check("home", err)
		if at := slices.IndexFunc(list, func(s *mastodon.Status) bool { return strings.Contains(s.Content, c.w.title) }); at >= 0 {
			record = list[at]
		}
		return record != nil
	})
	return record
}

// comes waits until a status comes over the stream.
func (c *goApp) comes(events <-chan mastodon.Event, id mastodon.ID) {
	c.w.t.Helper()
	for {
		select {
		case e := <-events:
			if u, ok := e.(*mastodon.UpdateEvent); ok && u.Status.ID == id {
				return
			}
			if bad, ok := e.(*mastodon.ErrorEvent); ok {
				c.w.t.Fatal(bad.Err)
			}
		case <-c.ctx.Done():
			c.w.t.Fatal("nothing came over the stream")
		}
	}
}

// pages reads home one by one from pg on, as far as it goes; on is the next page
// of one that begins and ends with this id.
func (c *goApp) pages(pg *mastodon.Pagination, on func(id mastodon.ID) *mastodon.Pagination) (ids []mastodon.ID) {
	c.w.t.Helper()
	for len(ids) < 20 {
		list, err := c.GetTimelineHome(c.ctx, pg)
		c.check("page", err)
		if len(list) == 0 {
			break
		}
		ids = append(ids, list[0].ID)
		pg = on(list[0].ID)
	}
	return ids
}

func TestGoMastodon(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := w.newGoApp(ctx)
	_, err := c.GetAccountCurrentUser(ctx)
	c.check("verify credentials", err)
	record := c.followed()

	events, err := c.NewWSClient().StreamingWSUser(ctx)
	c.check("stream", err)
	media, err := c.UploadMedia(ctx, w.picture)
	c.check("upload", err)
	mine, err := c.PostStatus(ctx, &mastodon.Toot{Status: "Bonjour #essai", MediaIDs: []mastodon.ID{media.ID}})
	c.check("post", err)
	c.comes(events, mine.ID)

	reply, err := c.PostStatus(ctx, &mastodon.Toot{Status: "Bravo", InReplyToID: record.ID})
	c.check("reply", err)
	liked, err := c.Favourite(ctx, record.ID)
	c.check("favourite", err)
	boost, err := c.Reblog(ctx, record.ID)
	c.check("boost", err)
	if len(mine.MediaAttachments) != 1 || reply.InReplyToID != string(record.ID) || liked.Favourited != true || boost.Reblog.ID != record.ID {
		t.Errorf("got %+v, %+v, %+v, %+v", mine, reply, liked, boost)
	}
	eventually(t, "the post is found", 100*time.Millisecond, func() bool {
		found, err := c.Search(ctx, "bonjour", false)
		c.check("search", err)
		return len(found.Statuses) == 1 && found.Statuses[0].ID == mine.ID
	})
	notes, err := c.GetNotifications(ctx, nil)
	if err != nil || len(notes) == 0 || notes[0].Account.Username != "calanques" {
		t.Errorf("notifications: got %v, %v", notes, err)
	}

	down := c.pages(&mastodon.Pagination{Limit: 1}, func(id mastodon.ID) *mastodon.Pagination { return &mastodon.Pagination{Limit: 1, MaxID: id} })
	up := c.pages(&mastodon.Pagination{Limit: 1, MinID: "1"}, func(id mastodon.ID) *mastodon.Pagination { return &mastodon.Pagination{Limit: 1, MinID: id} })
	slices.Reverse(up)
	if len(down) < 3 || !slices.Equal(down, up) {
		t.Errorf("paged down through %v, up through %v", down, up)
	}
	w.calanques.delivered()
}

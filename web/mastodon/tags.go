package mastodon

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// Tag is a hashtag and how much it was used lately.
type Tag struct {
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	URL       string       `json:"url"`
	History   []TagHistory `json:"history"`
	Following *bool        `json:"following,omitempty"`
	Featuring *bool        `json:"featuring,omitempty"`
}

// TagHistory is the use on one day. All three are numbers in texts.
type TagHistory struct {
	Day      string `json:"day"`
	Uses     string `json:"uses"`
	Accounts string `json:"accounts"`
}

const (
	historyDays = 7
	maxCounted  = 1000 // uses of one hashtag that are looked at
)

const day = 24 * time.Hour

// tag writes a hashtag as it is used by records that everybody may see.
func (c *call) tag(tx *store.Txn, name string) *Tag {
	e := &Tag{ID: strconv.FormatUint(tagNumber(name), 10), Name: name, URL: c.Node.TagURL(name), History: c.tagHistory(tx, name)}
	if c.actor != nil {
		following, featuring := tx.FollowsTag(c.actor.ID, vocab.FoldHashtag(name)), c.features(name)
		e.Following, e.Featuring = &following, &featuring
	}
	return e
}

// features says whether the member's profile shows the hashtag.
func (c *call) features(name string) bool {
	return slices.ContainsFunc(c.actor.Tags, func(tag string) bool { return vocab.FoldHashtag(tag) == vocab.FoldHashtag(name) })
}

// tagNumber is a number that stands for a hashtag: some apps want one.
func tagNumber(name string) uint64 {
	n := uint64(14695981039346656037) // FNV-1a
	for _, b := range []byte(vocab.FoldHashtag(name)) {
		n = (n ^ uint64(b)) * 1099511628211
	}
	return n >> 1
}

func (c *call) tagHistory(tx *store.Txn, name string) []TagHistory {
	today := tx.Now().Truncate(day)
	since := store.ID(today.Add(-(historyDays-1)*day).UnixMilli()) << 16
	uses, accounts := [historyDays]int{}, [historyDays]map[string]bool{}
	strip := tx.TagTimeline(store.Reader{}, vocab.FoldHashtag(name), store.Stretch{After: since, Limit: maxCounted})
	for _, e := range strip.Entries {
		i := int(today.Add(day).Sub(e.ID.Time()) / day)
		if i < 0 || i >= historyDays {
			continue
		}
		if accounts[i] == nil {
			accounts[i] = map[string]bool{}
		}
		uses[i]++
		accounts[i][e.Item.Envelope().Lab] = true
	}
	list := make([]TagHistory, historyDays)
	for i := range list {
		at := today.Add(-time.Duration(i) * day)
		list[i] = TagHistory{
			Day: strconv.FormatInt(at.Unix(), 10), Uses: strconv.Itoa(uses[i]), Accounts: strconv.Itoa(len(accounts[i])),
		}
	}
	return list
}

// tagByName is GET /api/v1/tags/:name.
func tagByName(c *call) (any, error) {
	return c.onTag(func(*store.Txn, string) error { return nil })
}

// followTag is POST /api/v1/tags/:name/follow, unfollowTag its opposite.
func followTag(c *call) (any, error) { return c.wantTag(true) }

func unfollowTag(c *call) (any, error) { return c.wantTag(false) }

const maxFollowedTags = 200

func (c *call) wantTag(on bool) (any, error) {
	return c.onTag(func(tx *store.Txn, name string) error {
		if on && len(tx.FollowedTags(c.actor.ID)) >= maxFollowedTags {
			return invalid("There are too many followed hashtags")
		}
		tx.FollowTag(c.actor.ID, vocab.FoldHashtag(name), on)
		return nil
	})
}

func (c *call) onTag(do func(tx *store.Txn, name string) error) (any, error) {
	name := strings.TrimPrefix(mux.Vars(c.r)["name"], "#")
	if vocab.FoldHashtag(name) == "" {
		return nil, errNotFound
	}
	var e *Tag
	in := c.keep
	if c.r.Method == http.MethodGet {
		in = c.view
	}
	err := in(func(tx *store.Txn) error {
		if err := do(tx, name); err != nil {
			return err
		}
		e = c.tag(tx, name)
		return nil
	})
	return e, err
}

// followedTags is GET /api/v1/followed_tags.
func followedTags(c *call) (any, error) {
	tags := []*Tag{}
	err := c.view(func(tx *store.Txn) error {
		for _, name := range tx.FollowedTags(c.actor.ID) {
			tags = append(tags, c.tag(tx, name))
		}
		return nil
	})
	return tags, err
}

// FeaturedTag is a hashtag that a profile shows.
type FeaturedTag struct {
	ID            string  `json:"id"`
	Name          string  `json:"name"`
	URL           string  `json:"url"`
	StatusesCount string  `json:"statuses_count"`
	LastStatusAt  *string `json:"last_status_at"`
}

// featuredTags is GET /api/v1/accounts/:id/featured_tags.
func featuredTags(c *call) (any, error) {
	list := []FeaturedTag{}
	err := c.view(func(tx *store.Txn) error {
		a, err := c.named(tx)
		if err != nil {
			return err
		}
		list = c.featuredOf(tx, a)
		return nil
	})
	return list, err
}

// ownFeaturedTags is GET /api/v1/featured_tags.
func ownFeaturedTags(c *call) (any, error) {
	list := []FeaturedTag{}
	err := c.view(func(tx *store.Txn) error {
		list = c.featuredOf(tx, c.actor)
		return nil
	})
	return list, err
}

// featureTag is POST /api/v1/featured_tags and /tags/:name/feature: the member's
// profile shows the hashtag.
func featureTag(c *call) (any, error) { return c.showTag(true) }

// unfeatureTag is POST /api/v1/tags/:name/unfeature.
func unfeatureTag(c *call) (any, error) { return c.showTag(false) }

func (c *call) showTag(on bool) (any, error) {
	name := strings.TrimPrefix(cmp.Or(mux.Vars(c.r)["name"], c.str("name")), "#")
	if vocab.FoldHashtag(name) == "" {
		return nil, invalid("Name is not a hashtag")
	}
	if err := c.setTags(name, on); err != nil {
		return nil, err
	}
	if mux.Vars(c.r)["name"] != "" {
		return tagByName(c)
	}
	list, err := ownFeaturedTags(c)
	if err != nil {
		return nil, err
	}
	for _, e := range list.([]FeaturedTag) {
		if vocab.FoldHashtag(e.Name) == vocab.FoldHashtag(name) {
			return e, nil
		}
	}
	return nil, errNotFound
}

// deleteFeaturedTag is DELETE /api/v1/featured_tags/:id.
func deleteFeaturedTag(c *call) (any, error) {
	for _, name := range c.actor.Tags {
		if strconv.FormatUint(tagNumber(name), 10) == mux.Vars(c.r)["id"] {
			return empty{}, c.setTags(name, false)
		}
	}
	return nil, errNotFound
}

// setTags changes what hashtags the profile of the member shows.
func (c *call) setTags(name string, on bool) error {
	p := *c.actor
	p.Tags = slices.DeleteFunc(slices.Clone(p.Tags), func(tag string) bool { return vocab.FoldHashtag(tag) == vocab.FoldHashtag(name) })
	if on {
		p.Tags = append(p.Tags, name)
	}
	if len(p.Tags) > maxFields {
		return invalid("There are too many featured hashtags")
	}
	if err := c.publish(&federation.Activity{Verb: "Update", Profile: &p}); err != nil {
		return err
	}
	c.actor = &p
	return nil
}

// suggestedTags is GET /api/v1/featured_tags/suggestions: what the member uses most.
func suggestedTags(c *call) (any, error) {
	tags := []*Tag{}
	err := c.view(func(tx *store.Txn) error {
		used := map[string]int{}
		by := store.Reader{Viewer: c.viewer}
		for _, e := range tx.ActorTimeline(by, []*store.Actor{c.actor}, false, store.Stretch{Limit: maxCounted}).Entries {
			for _, tag := range e.Item.Envelope().Hashtags() {
				used[tag]++
			}
		}
		names := slices.Sorted(maps.Keys(used))
		slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(used[b], used[a]) })
		tags = tags[:0]
		for _, name := range cut(names, 0, 10) {
			if !c.features(name) {
				tags = append(tags, c.tag(tx, name))
			}
		}
		return nil
	})
	return tags, err
}

func (c *call) featuredOf(tx *store.Txn, a *store.Actor) []FeaturedTag {
	list := []FeaturedTag{}
	for _, name := range a.Tags {
		e := FeaturedTag{ID: strconv.FormatUint(tagNumber(name), 10), Name: name, URL: c.Node.TagURL(name)}
		mine := store.Reader{Hides: func(e store.Entry) bool { return e.Item.Envelope().Lab != a.IRI }}
		strip := tx.TagTimeline(mine, vocab.FoldHashtag(name), store.Stretch{Limit: maxCounted})
		e.StatusesCount = strconv.Itoa(len(strip.Entries))
		if len(strip.Entries) > 0 {
			last := strip.Entries[0].ID.Time().Format(time.DateOnly)
			e.LastStatusAt = &last
		}
		list = append(list, e)
	}
	return list
}

// trendingTags is GET /api/v1/trends/tags: what was said by most during the week.
func trendingTags(c *call) (any, error) {
	limit, offset := c.number("limit", 10, 20), c.offset()
	list := []*Tag{}
	err := c.view(func(tx *store.Txn) error {
		for _, name := range cut(c.popularTags(tx), offset, limit) {
			list = append(list, c.tag(tx, name))
		}
		return nil
	})
	return list, err
}

// popularTags are the hashtags of the week, those that most accounts used first.
func (c *call) popularTags(tx *store.Txn) []string {
	used, names := map[string]map[string]bool{}, map[string]string{}
	for _, e := range c.ofTheWeek(tx) {
		r := e.Item.Envelope()
		for _, t := range c.tagsOf(r) {
			folded := vocab.FoldHashtag(t.Name)
			if used[folded] == nil {
				used[folded], names[folded] = map[string]bool{}, t.Name
			}
			used[folded][r.Lab] = true
		}
	}
	order := slices.Sorted(maps.Keys(used))
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(len(used[b]), len(used[a])) })
	for i, folded := range order {
		order[i] = names[folded]
	}
	return order
}

const lookedForTrends = 300

// ofTheWeek are the newest public records of the last seven days.
func (c *call) ofTheWeek(tx *store.Txn) []store.Entry {
	rd := c.reading(tx, "public")
	since := store.ID(tx.Now().Add(-historyDays*day).UnixMilli()) << 16
	return tx.PublicTimeline(rd.reader(), store.Scope{Home: true, Away: true}, store.Stretch{After: since, Limit: lookedForTrends}).Entries
}

// trendingStatuses is GET /api/v1/trends/statuses: what was liked and passed on
// most during the week.
func trendingStatuses(c *call) (any, error) {
	limit, offset := c.number("limit", usualPage, mostPage), c.offset()
	list := []*Status{}
	err := c.view(func(tx *store.Txn) error {
		var liked []store.Entry
		points := map[store.ID]int{}
		for _, e := range c.ofTheWeek(tx) {
			n := tx.CountReactions(e.ID, store.Liked) + 2*tx.CountReactions(e.ID, store.Announced) + tx.CountAnswers(e.Item.Envelope().IRI)
			if n > 0 {
				points[e.ID] = n
				liked = append(liked, e)
			}
		}
		slices.SortStableFunc(liked, func(a, b store.Entry) int { return cmp.Compare(points[b.ID], points[a.ID]) })
		list = c.reading(tx, "").statuses(cut(liked, offset, limit))
		return nil
	})
	return list, err
}

// cut is a page of a list.
func cut[T any](all []T, offset, limit int) []T {
	all = all[min(offset, len(all)):]
	return all[:min(limit, len(all))]
}

package mastodon_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// entities are the documented fields of everything that is returned. After a type:
// "null" may be null, "maybe" may lack. A type in brackets is a list, one that
// begins with a capital letter another entity; digits is a text of digits, moment
// and day are dates, url is an absolute address.
var entities = map[string]string{
	"Account": `id digits, username text, acct text, display_name text, locked bool, bot bool, group bool, discoverable bool null,
		indexable bool, noindex bool maybe null, memorial bool maybe, suspended bool maybe, limited bool maybe, created_at moment, note text,
		url url, uri url, avatar url, avatar_static url, avatar_description text, header url, header_static url, header_description text,
		followers_count int, following_count int, statuses_count int, last_status_at day null, hide_collections bool null, show_media bool,
		show_media_replies bool, show_featured bool, emojis [CustomEmoji], fields [Field], roles [AccountRole], feature_approval Approval,
		moved Account maybe null, source Source maybe, role Role maybe, mute_expires_at moment maybe null`,
	"Field":       `name text, value text, verified_at moment null`,
	"AccountRole": `id text, name text, color text`,
	"Approval":    `automatic [text], manual [text], current_user text`,
	"Source": `privacy text, sensitive bool, language text, note text, fields [Field], follow_requests_count int, hide_collections bool null,
		discoverable bool null, indexable bool, quote_policy text, attribution_domains [text]`,
	"Role":        `id text, name text, color text, permissions digits, highlighted bool`,
	"CustomEmoji": `shortcode text, url url, static_url url, visible_in_picker bool, category text maybe null`,
	"Status": `id digits, uri url, url url null, created_at moment, edited_at moment null, account Account, content text, visibility text,
		sensitive bool, spoiler_text text, media_attachments [Media], application StatusSource null, mentions [Mention], tags [StatusTag],
		emojis [CustomEmoji], reblogs_count int, favourites_count int, replies_count int, quotes_count int, in_reply_to_id digits null,
		in_reply_to_account_id digits null, reblog Status null, poll Poll null, card Card null, language text null, text text maybe null,
		quote Quote null, quote_approval Approval, favourited bool, reblogged bool, muted bool, bookmarked bool, pinned bool,
		filtered [FilterResult], tagged_collections [Collection]`,
	"Mention":      `id digits, username text, url url, acct text`,
	"StatusTag":    `name text, url url`,
	"FilterResult": `filter Filter, keyword_matches [text] null, status_matches [digits] null`,
	"Media": `id digits, type text, url url null, preview_url url null, remote_url url null, preview_remote_url url null, text_url url null,
		meta Meta null, description text null, blurhash text null`,
	"Meta":  `original Size, small Size, focus Focus maybe`,
	"Size":  `width int, height int, size text, aspect number`,
	"Focus": `x number, y number`,
	"Card": `url url, title text, description text, type text, authors [CardAuthor], author_name text, author_url text, provider_name text,
		provider_url text, html text, width int, height int, image url null, image_description text, embed_url text, blurhash text null,
		language text null, published_at moment null`,
	"CardAuthor": `name text, url text, account Account null`,
	"Instance": `domain text, title text, version text, source_url url, description text, wrapstodon text null, usage Usage, thumbnail Thumbnail,
		icon [Icon], languages [text], configuration Configuration, registrations Registrations, api_versions Versions, contact Contact, rules [Rule]`,
	"Usage":      `users UsageUsers`,
	"UsageUsers": `active_month int`,
	"Thumbnail":  `url url, description text, blurhash text null, versions Empty`,
	"Icon":       `src url, size text`,
	"Configuration": `urls URLs, vapid VAPID, accounts ConfigAccounts, statuses ConfigStatuses, media_attachments ConfigMedia, polls ConfigPolls,
		translation Translation, timelines_access Access, limited_federation bool`,
	"URLs":  `streaming url, status url null, about url, privacy_policy url null, terms_of_service url null`,
	"VAPID": `public_key text`,
	"ConfigAccounts": `max_display_name_lenth int, max_display_name_length int, max_note_length int, max_featured_tags int, max_pinned_statuses int,
		max_profile_fields int, profile_field_name_limit int, profile_field_value_limit int, avatar_description_limit int, header_description_limit int`,
	"ConfigStatuses": `max_characters int, max_media_attachments int, characters_reserved_per_url int`,
	"ConfigMedia": `description_limit int, supported_mime_types [text], image_size_limit int, image_matrix_limit int, video_size_limit int,
		video_frame_rate_limit int, video_matrix_limit int`,
	"ConfigPolls":   `max_options int, max_characters_per_option int, min_expiration int, max_expiration int`,
	"Translation":   `enabled bool`,
	"Access":        `live_feeds Feeds, hashtag_feeds Feeds, trending_link_feeds Feeds`,
	"Feeds":         `local text, remote text`,
	"Registrations": `enabled bool, approval_required bool, reason_required bool null, message text null, min_age int null, url url null`,
	"Versions":      `mastodon int`,
	"Contact":       `email text, account Account`,
	"Rule":          `id text, text text, hint text, translations Empty`,
	"Empty":         ``,
	"InstanceV1": `uri text, title text, short_description text, description text, email text, version text, urls StreamingURL, stats Stats,
		thumbnail url, languages [text], registrations bool, approval_required bool, invites_enabled bool, configuration Configuration,
		contact_account Account, rules [Rule]`,
	"StreamingURL": `streaming_api url`,
	"Stats":        `user_count int, status_count int, domain_count int`,
	"Relationship": `id digits, following bool, showing_reblogs bool, notifying bool, languages [text] null, followed_by bool, blocking bool,
		blocked_by bool, muting bool, muting_notifications bool, muting_expires_at moment null, requested bool, requested_by bool,
		domain_blocking bool, endorsed bool, note text`,
	"Notification": `id digits, type text, group_key text, created_at moment, account Account, status Status maybe null`,
	"Grouped":      `accounts [Account], statuses [Status], notification_groups [Group]`,
	"Group": `group_key text, notifications_count int, type text, most_recent_notification_id digits, page_min_id digits maybe,
		page_max_id digits maybe, latest_page_notification_at moment maybe, sample_account_ids [digits], status_id digits maybe`,
	"Policy": `for_not_following text, for_not_followers text, for_new_accounts text, for_private_mentions text, for_limited_accounts text,
		summary PolicySummary`,
	"PolicySummary": `pending_requests_count int, pending_notifications_count int`,
	"Application":   `id digits, name text, website url null, scopes [text], redirect_uris [text], redirect_uri text, vapid_key text`,
	"Credentials": `id digits, name text, website url null, scopes [text], redirect_uris [text], redirect_uri text, vapid_key text, client_id text,
		client_secret text, client_secret_expires_at int`,
	"Tag":      `id digits, name text, url url, history [History], following bool maybe, featuring bool maybe`,
	"History":  `day digits, uses digits, accounts digits`,
	"Context":  `ancestors [Status], descendants [Status]`,
	"Search":   `accounts [Account], statuses [Status], hashtags [Tag]`,
	"SearchV1": `accounts [Account], statuses [Status], hashtags [text]`,
	"Markers":  `home Marker maybe, notifications Marker maybe`,
	"Marker":   `last_read_id digits, version int, updated_at moment`,
	"Preferences": `posting:default:visibility text, posting:default:sensitive bool, posting:default:language text null,
		posting:default:quote_policy text, reading:expand:media text, reading:expand:spoilers bool, reading:autoplay:gifs bool`,
	"Filter":       `id digits, title text, context [text], expires_at moment null, filter_action text, keywords [Keyword] maybe, statuses [FilterStatus] maybe`,
	"Keyword":      `id digits, keyword text, whole_word bool`,
	"FilterStatus": `id digits, status_id digits`,
	"FilterV1":     `id digits, phrase text, context [text], whole_word bool, expires_at moment null, irreversible bool`,
	"List":         `id digits, title text, replies_policy text, exclusive bool`,
	"Edit": `content text, spoiler_text text, sensitive bool, created_at moment, account Account, media_attachments [Media], emojis [CustomEmoji],
		quote Quote null, poll PollEdit maybe`,
	"PollEdit":  `options [PollTitle]`,
	"PollTitle": `title text`,
	"Profile": `id digits, display_name text, note text, fields [Field], avatar url null, avatar_static url null, avatar_description text,
		header url null, header_static url null, header_description text, locked bool, bot bool, hide_collections bool null, discoverable bool null,
		indexable bool, show_media bool, show_media_replies bool, show_featured bool, attribution_domains [text], featured_tags [Featured]`,
	"Text":       `id digits, text text, spoiler_text text`,
	"Suggestion": `source text, sources [text], account Account`,
	"Familiar":   `id digits, accounts [Account]`,
	"Report": `id digits, action_taken bool, action_taken_at moment null, category text, comment text, forwarded bool, created_at moment,
		status_ids [digits], rule_ids [digits], target_account Account`,
	"Week":        `week digits, statuses digits, logins digits, registrations digits`,
	"Description": `updated_at moment, content text`,
	"Featured":    `id digits, name text, url url, statuses_count digits, last_status_at day null`,
	"Push":        `id digits, standard bool, endpoint url, server_key text, alerts Alerts, policy text`,
	"Alerts": `mention bool, quote bool, status bool, reblog bool, follow bool, follow_request bool, favourite bool, poll bool, update bool,
		quoted_update bool, admin.sign_up bool, admin.report bool`,
	"Count":        `count int`,
	"Collections":  `collections [Collection]`,
	"WithAccounts": `collection Collection, accounts [Account]`,
	"Collection": `id digits, uri url, url url null, name text, description text, language text null, account_id digits, local bool,
		sensitive bool, discoverable bool, tag StatusTag null, item_count int, created_at moment, updated_at moment, items [CollectionItem]`,
	"Poll": `id digits, expires_at moment null, expired bool, multiple bool, votes_count int, voters_count int null, options [PollOption],
		emojis [CustomEmoji], voted bool maybe, own_votes [int] maybe`,
	"PollOption":   `title text, votes_count int null`,
	"Conversation": `id digits, unread bool, accounts [Account], last_status Status null`,
	"Scheduled":    `id digits, scheduled_at moment, params ScheduledParams, media_attachments [Media]`,
	"ScheduledParams": `text text, poll Poll null, media_ids [digits] null, sensitive bool null, spoiler_text text null, visibility text,
		in_reply_to_id digits null, language text null, application_id digits, scheduled_at moment null, idempotency text null, with_rate_limit bool,
		allowed_mentions [text] maybe`,
	"Request":        `id digits, created_at moment, updated_at moment, notifications_count digits, account Account, last_status Status null maybe`,
	"Merged":         `merged bool`,
	"Error":          `error text, error_description text maybe`,
	"CollectionItem": `id digits, account_id digits null, state text, created_at moment`,
}

// compared are the entities of which one was seen.
var compared sync.Map

// neverThere are documented and never returned: nobody has a badge here, no app is
// named below a status, and the node has no rules of its own.
var neverThere = []string{"AccountRole", "StatusSource", "Rule"}

var plain = map[string]func(any) bool{
	"text":   func(v any) bool { _, ok := v.(string); return ok },
	"bool":   func(v any) bool { _, ok := v.(bool); return ok },
	"number": func(v any) bool { _, ok := v.(float64); return ok },
	"int":    func(v any) bool { n, ok := v.(float64); return ok && n == float64(int64(n)) },
	"digits": matches(`^[0-9]{1,20}$`),
	"moment": matches(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`),
	"day":    matches(`^\d{4}-\d\d-\d\d$`),
	"url":    matches(`^(https?|ws|wss)://[^/]+`),
}

func matches(pattern string) func(any) bool {
	re := regexp.MustCompile(pattern)
	return func(v any) bool { s, ok := v.(string); return ok && re.MatchString(s) }
}

// differences says how a value differs from what is documented of its type.
func differences(path, typ string, v any) []string {
	if inner, isList := strings.CutPrefix(typ, "["); isList {
		list, ok := v.([]any)
		if !ok {
			return []string{fmt.Sprintf("%s: got %v, want a list", path, v)}
		}
		var all []string
		for i, item := range list {
			all = append(all, differences(fmt.Sprintf("%s[%d]", path, i), strings.TrimSuffix(inner, "]"), item)...)
		}
		return all
	}
	if is, ok := plain[typ]; ok {
		if !is(v) {
			return []string{fmt.Sprintf("%s: got %#v, want %s", path, v, typ)}
		}
		return nil
	}
	o, ok := v.(object)
	if !ok {
		return []string{fmt.Sprintf("%s: got %#v, want %s", path, v, typ)}
	}
	return fieldsDiffer(path, typ, o)
}

func fieldsDiffer(path, typ string, o object) (all []string) {
	compared.Store(typ, true)
	rest := maps.Clone(o)
	documented, known := entities[typ]
	if !known {
		return []string{fmt.Sprintf("%s: entity %s is in no table", path, typ)}
	}
	for field := range strings.SplitSeq(documented, ",") {
		words := strings.Fields(field)
		if len(words) == 0 {
			continue
		}
		name, is, marks := words[0], words[1], words[2:]
		v, there := rest[name]
		delete(rest, name)
		switch {
		case !there && !slices.Contains(marks, "maybe"):
			all = append(all, fmt.Sprintf("%s.%s is missing", path, name))
		case !there, v == nil && slices.Contains(marks, "null"):
		default:
			all = append(all, differences(path+"."+name, is, v)...)
		}
	}
	for name := range rest {
		all = append(all, fmt.Sprintf("%s.%s is documented nowhere", path, name))
	}
	return all
}

func TestEntitiesAreCompleteToTheField(t *testing.T) {
	s := startSearching(t)
	w := newWorld(s)
	for _, c := range w.cases() {
		t.Run(c.name, func(t *testing.T) {
			a := c.answer
			a.t = t
			var v any
			a.into(&v)
			if list, isList := v.([]any); isList && len(list) == 0 && !c.empty {
				t.Fatal("the list is empty: nothing was compared")
			}
			for _, d := range differences(c.typ, c.typ, v) {
				t.Error(d)
			}
		})
	}
	var refused object
	if err := json.Unmarshal(w.me.get("/api/v1/nothing").body, &refused); err != nil {
		t.Fatal(err)
	}
	for _, d := range differences("Error", "Error", refused) {
		t.Error(d)
	}
	for name := range entities {
		if _, ok := compared.Load(name); !ok && !slices.Contains(neverThere, name) {
			t.Errorf("no %s was compared", name)
		}
	}
}

// world is a site on which everything happened once.
type world struct {
	*site
	me, other       app
	record, reply   string // ids of statuses
	list, filter    string
	keyword, picked string
	poll, scheduled string
}

func newWorld(s *site) *world {
	w := &world{site: s, me: s.as(s.Admin), other: s.as(s.Contributor)}
	e := s.experiment("Une mairie mobile", store.Public)
	w.record = e.ID.String()
	e.Image = &store.Image{URL: s.BaseURL + "/media/x.png", Alt: "Un bus", Width: 40, Height: 30, Blurhash: "L00000fQfQfQfQfQfQfQfQfQfQfQ"}
	s.publish(&federation.Activity{Verb: "Update", Actor: s.Lab.IRI, Item: e})
	w.reply = w.other.post("/api/v1/statuses", "status", "Bravo ! #Rural", "in_reply_to_id", w.record).object()["id"].(string)
	w.me.post("/api/v1/accounts/" + s.Contributor.ID.String() + "/follow").object()
	w.other.post("/api/v1/accounts/" + s.Admin.ID.String() + "/follow").object()
	w.other.post("/api/v1/statuses/" + w.record + "/favourite").object()
	w.other.post("/api/v1/statuses/" + w.record + "/reblog").object()
	w.me.post("/api/v1/statuses/" + w.record + "/bookmark").object()
	w.me.post("/api/v1/statuses/" + w.reply + "/favourite").object()
	w.me.post("/api/v1/markers", "home[last_read_id]", w.record).object()
	w.list = w.me.post("/api/v1/lists", "title", "Voisins").object()["id"].(string)
	w.me.post("/api/v1/lists/"+w.list+"/accounts", "account_ids[]", s.Contributor.ID.String()).object()
	w.me.post("/api/v1/tags/rural/follow").object()
	f := w.me.json("POST", "/api/v2/filters", object{"title": "Bus", "context": []string{"home", "public"}, "keywords_attributes": []object{{"keyword": "bravo", "whole_word": true}}}).object()
	w.filter, w.keyword = f["id"].(string), f["keywords"].([]any)[0].(object)["id"].(string)
	w.picked = w.me.post("/api/v2/filters/"+w.filter+"/statuses", "status_id", w.record).object()["id"].(string)
	w.poll = w.question()
	w.other.post("/api/v1/statuses", "status", "Entre nous @maelle @yann", "visibility", "direct").object()
	w.scheduled = w.me.post("/api/v1/statuses", "status", "Demain", "scheduled_at", stampIn(s, 24)).object()["id"].(string)
	w.me.form("PATCH", "/api/v2/notifications/policy", "for_not_following", "filter").object()
	e = s.experiment("Pour @maelle", store.Public)
	e.Body = "Bonjour @maelle"
	s.publish(&federation.Activity{Verb: "Update", Actor: s.Lab.IRI, Item: e})
	w.me.post("/api/v1/statuses", "status", "Le #train").object()
	w.other.form("PATCH", "/api/v1/accounts/update_credentials", "fields_attributes[0][name]", "Site", "fields_attributes[0][value]", "https://yann.example").object()
	w.me.post("/api/v1/accounts/"+s.Contributor.ID.String()+"/mute", "duration", "3600").object()
	w.me.post("/api/v1/accounts/" + s.Contributor.ID.String() + "/unmute").object()
	w.me.post("/api/v1/featured_tags", "name", "Rural").object()
	w.me.post("/api/v1/push/subscription", "subscription[endpoint]", "https://push.example/1", "subscription[keys][p256dh]", appKey,
		"subscription[keys][auth]", "BTBZMqHH6r4Tts7J_aSIgg", "data[alerts][mention]", "true").object()
	return w
}

// question is a poll on another server, with a picture for a word.
func (w *world) question() string {
	w.t.Helper()
	by := w.neighbour(w.t, 1)
	raw := `{"id":"` + by.IRI + `/q","type":"Question","attributedTo":"` + by.IRI + `","content":"<p>Bus ou train ? :bus:</p>","endTime":"2030-01-01T00:00:00Z",
		"votersCount":2,"oneOf":[{"type":"Note","name":"Bus","replies":{"type":"Collection","totalItems":2}},{"type":"Note","name":"Train"}],
		"tag":[{"type":"Emoji","name":":bus:","icon":{"type":"Image","url":"https://lab1.example/bus.png"}}]}`
	it := &store.News{Record: store.Record{
		Kind: "news", Type: "Question", Lab: by.IRI, Host: by.Host, Remote: true, IRI: by.IRI + "/q", Audience: store.Public, HTML: "<p>Bus ou train ?</p>",
		Created: w.Store.Now(), Updated: w.Store.Now(), Fetched: w.Store.Now(),
	}}
	if err := w.Store.Update(w.t.Context(), func(tx *store.Txn) error { return tx.PutRecord(it, []byte(raw)) }); err != nil {
		w.t.Fatal(err)
	}
	return it.ID.String()
}

// appKey is the public key of an app (RFC 8291, appendix A).
const appKey = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"

type entityCase struct {
	name, typ string
	answer    answer
	empty     bool
}

func (w *world) cases() []entityCase {
	lab := "/api/v1/accounts/" + w.Lab.ID.String()
	get := func(typ, path string) entityCase { return entityCase{"GET " + path, typ, w.me.get(path), false} }
	all := []entityCase{
		get("Instance", "/api/v2/instance"), get("InstanceV1", "/api/v1/instance"), get("[Week]", "/api/v1/instance/activity"),
		get("Description", "/api/v1/instance/extended_description"), get("Preferences", "/api/v1/preferences"),
		get("Account", "/api/v1/accounts/verify_credentials"), get("Account", lab), get("Profile", "/api/v1/profile"), get("Description", "/api/v1/instance/privacy_policy"),
		get("Account", "/api/v1/accounts/lookup?acct=estran"), get("[Account]", "/api/v1/accounts?id[]="+w.Lab.ID.String()),
		get("[Account]", "/api/v1/accounts/search?q=estran"), get("[Account]", "/api/v1/directory"),
		get("[Account]", "/api/v1/accounts/"+w.Admin.ID.String()+"/followers"), get("[Account]", "/api/v1/accounts/"+w.Admin.ID.String()+"/following"),
		get("[Relationship]", "/api/v1/accounts/relationships?id[]="+w.Contributor.ID.String()),
		get("[Familiar]", "/api/v1/accounts/familiar_followers?id[]="+w.Lab.ID.String()), get("Collections", lab+"/collections"),
		get("Collections", "/api/v1/"+w.Lab.ID.String()+"/collections"), get("Collections", "/api/v1/"+w.Lab.ID.String()+"/in_collections"),
		get("WithAccounts", "/api/v1/collections/"+w.Lab.ID.String()),
		get("Status", "/api/v1/statuses/"+w.record), get("[Status]", "/api/v1/statuses?id[]="+w.reply), get("Context", "/api/v1/statuses/"+w.record+"/context"),
		get("Card", "/api/v1/statuses/"+w.record+"/card"), get("[Edit]", "/api/v1/statuses/"+w.record+"/history"),
		get("[Edit]", "/api/v1/statuses/"+w.poll+"/history"),
		get("Text", "/api/v1/statuses/"+w.record+"/source"), get("[Account]", "/api/v1/statuses/"+w.record+"/favourited_by"),
		get("[Account]", "/api/v1/statuses/"+w.record+"/reblogged_by"), get("[Status]", lab+"/statuses"),
		get("[Status]", "/api/v1/timelines/home"), get("[Status]", "/api/v1/timelines/public"), get("[Status]", "/api/v1/timelines/tag/rural"),
		get("[Status]", "/api/v1/timelines/list/"+w.list), get("[Status]", "/api/v1/favourites"), get("[Status]", "/api/v1/bookmarks"),
		get("[Notification]", "/api/v1/notifications"), get("Grouped", "/api/v2/notifications"), get("Policy", "/api/v2/notifications/policy"),
		get("Count", "/api/v1/notifications/unread_count"), get("Count", "/api/v2/notifications/unread_count"),
		get("Markers", "/api/v1/markers?timeline[]=home"), get("[List]", "/api/v1/lists"), get("List", "/api/v1/lists/"+w.list),
		get("[Account]", "/api/v1/lists/"+w.list+"/accounts"), get("[List]", "/api/v1/accounts/"+w.Contributor.ID.String()+"/lists"),
		get("[Filter]", "/api/v2/filters"), get("Filter", "/api/v2/filters/"+w.filter), get("[Keyword]", "/api/v2/filters/"+w.filter+"/keywords"),
		get("Keyword", "/api/v2/filters/keywords/"+w.keyword), get("[FilterStatus]", "/api/v2/filters/"+w.filter+"/statuses"),
		get("FilterStatus", "/api/v2/filters/statuses/"+w.picked), get("[FilterV1]", "/api/v1/filters"), get("FilterV1", "/api/v1/filters/"+w.keyword),
		get("Search", "/api/v2/search?q=mobil"), get("SearchV1", "/api/v1/search?q=mobil"), get("Tag", "/api/v1/tags/rural"),
		get("[Tag]", "/api/v1/followed_tags"), get("[Tag]", "/api/v1/trends/tags"), get("[Status]", "/api/v1/trends/statuses"),
		get("Poll", "/api/v1/polls/"+w.poll), get("Status", "/api/v1/statuses/"+w.poll), get("[Conversation]", "/api/v1/conversations"),
		get("[Scheduled]", "/api/v1/scheduled_statuses"), get("Scheduled", "/api/v1/scheduled_statuses/"+w.scheduled),
		get("[Request]", "/api/v1/notifications/requests"),
		get("Merged", "/api/v1/notifications/requests/merged"), get("[Featured]", "/api/v1/featured_tags"),
		get("[Tag]", "/api/v1/featured_tags/suggestions"), get("[Suggestion]", "/api/v2/suggestions"),
		get("Push", "/api/v1/push/subscription"), get("Application", "/api/v1/apps/verify_credentials"),
		{"report", "Report", w.me.post("/api/v1/reports", "account_id", w.Contributor.ID.String(), "status_ids[]", w.reply, "comment", "Trop fort"), false},
		{"app", "Credentials", w.anybody().post("/api/v1/apps", "client_name", "Essai", "redirect_uris", "https://app.example/back"), false},
		{"upload", "Media", w.me.upload("/api/v2/media", "file", picture(), "description", "Un carré"), false},
		{"boost", "Status", w.me.post("/api/v1/statuses/" + w.reply + "/reblog"), false},
		{"deleted", "Status", w.other.form("DELETE", "/api/v1/statuses/"+w.reply), false},
	}
	for _, path := range []string{
		"/api/v1/custom_emojis", "/api/v1/announcements", "/api/v1/instance/rules", "/api/v1/instance/domain_blocks", "/api/v1/trends/links",
		"/api/v1/domain_blocks", "/api/v1/endorsements", "/api/v1/follow_requests",
		"/api/v1/blocks", "/api/v1/mutes", lab[:0] + "/api/v1/timelines/link?url=x",
	} {
		all = append(all, entityCase{"empty " + path, "[text]", w.me.get(path), true})
	}
	return all
}

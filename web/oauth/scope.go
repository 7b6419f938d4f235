package oauth

import (
	"slices"
	"strings"
)

// parts are the scopes below the wide ones, which stand for all of theirs.
var parts = map[string][]string{
	"read": {
		"accounts", "blocks", "bookmarks", "collections", "favourites", "filters", "follows", "lists", "mutes",
		"notifications", "search", "statuses",
	},
	"write": {
		"accounts", "blocks", "bookmarks", "collections", "conversations", "favourites", "filters", "follows", "lists",
		"media", "mutes", "notifications", "reports", "statuses",
	},
}

// followParts are what the old scope "follow" stands for.
var followParts = []string{
	"read:blocks", "write:blocks", "read:follows", "write:follows", "read:mutes", "write:mutes",
}

// wide are the scopes that are no part of another.
var wide = []string{"profile", "read", "write", "follow", "push"}

// Scopes are all scopes that an app may have.
func Scopes() []string {
	all := slices.Clone(wide)
	for _, name := range []string{"read", "write"} {
		for _, part := range parts[name] {
			all = append(all, name+":"+part)
		}
	}
	return all
}

// ParseScopes reads a list of scopes, separated by spaces or plus signs. False:
// one of them does not exist. Without any it is "read".
func ParseScopes(s string) (scopes []string, ok bool) {
	for _, scope := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '+' || r == ',' }) {
		if !slices.Contains(Scopes(), scope) {
			return nil, false
		}
		if !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	if len(scopes) == 0 {
		scopes = []string{"read"}
	}
	return scopes, true
}

// Covers says whether scopes that were granted allow what needs another.
func Covers(granted []string, needed string) bool {
	if slices.Contains(granted, needed) {
		return true
	}
	if needed == "profile" {
		return slices.Contains(granted, "read") || slices.Contains(granted, "read:accounts")
	}
	if slices.Contains(granted, "follow") && slices.Contains(followParts, needed) {
		return true
	}
	if needed == "follow" {
		return !slices.ContainsFunc(followParts, func(part string) bool { return !Covers(granted, part) })
	}
	base, _, isPart := strings.Cut(needed, ":")
	return isPart && slices.Contains(granted, base)
}

// within says whether none of the scopes is wider than what was granted.
func within(scopes, granted []string) bool {
	return !slices.ContainsFunc(scopes, func(s string) bool { return !Covers(granted, s) })
}

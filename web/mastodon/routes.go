package mastodon

import "net/http"

// endpoint is an address below /api, the scope that it needs, and what it does.
type endpoint struct {
	method string
	path   string
	scope  string
	do     act
}

// Scopes that are none of OAuth's.
const (
	forAll  = "public" // no token needed
	forApps = "app"    // any token, also an app's own
)

const (
	get   = http.MethodGet
	send  = http.MethodPost
	put   = http.MethodPut
	patch = http.MethodPatch
	erase = http.MethodDelete
)

// endpoints is the table of all addresses. Of two that match, the first counts.
func (d *API) endpoints() []endpoint {
	var all []endpoint
	for _, part := range [][]endpoint{
		instanceRoutes(), accountRoutes(), statusRoutes(), timelineRoutes(), noticeRoutes(), filterRoutes(), otherRoutes(), streamRoutes(),
	} {
		all = append(all, part...)
	}
	return all
}

func instanceRoutes() []endpoint {
	return []endpoint{
		{get, "/v1/instance", forAll, instanceV1},
		{get, "/v2/instance", forAll, instance},
		{get, "/v1/instance/peers", forAll, peers},
		{get, "/v1/instance/activity", forAll, activity},
		{get, "/v1/instance/rules", forAll, none},
		{get, "/v1/instance/domain_blocks", forAll, none},
		{get, "/v1/instance/extended_description", forAll, extendedDescription},
		{get, "/v1/instance/privacy_policy", forAll, privacyPolicy},
		{get, "/v1/instance/terms_of_service", forAll, missing},
		{get, "/v1/instance/translation_languages", forAll, noMap},
		{get, "/v1/custom_emojis", forAll, none},
		{get, "/v1/directory", forAll, directory},
		{get, "/v1/trends", forAll, trendingTags},
		{get, "/v1/trends/tags", forAll, trendingTags},
		{get, "/v1/trends/statuses", forAll, trendingStatuses},
		{get, "/v1/trends/links", forAll, none},
		{get, "/v1/announcements", forApps, none},
		{send, "/v1/announcements/{id}/dismiss", "write:accounts", done},
		{send, "/v1/apps", forAll, createApp},
		{get, "/v1/apps/verify_credentials", forApps, verifyApp},
		{get, "/v1/preferences", "read:accounts", preferences},
		{get, "/v1/oembed", forAll, missing},
	}
}

func accountRoutes() []endpoint {
	return []endpoint{
		{send, "/v1/accounts", forAll, register},
		{get, "/v1/accounts", forAll, accounts},
		{get, "/v1/accounts/verify_credentials", "profile", verifyCredentials},
		{patch, "/v1/accounts/update_credentials", "write:accounts", updateProfile},
		{get, "/v1/profile", "profile", profile},
		{patch, "/v1/profile", "write:accounts", patchProfile},
		{erase, "/v1/profile/avatar", "write:accounts", deleteAvatar},
		{erase, "/v1/profile/header", "write:accounts", deleteHeader},
		{get, "/v1/accounts/lookup", forAll, lookup},
		{get, "/v1/accounts/search", "read:accounts", searchAccounts},
		{get, "/v1/accounts/relationships", "read:follows", relationships},
		{get, "/v1/accounts/familiar_followers", "read:follows", familiarFollowers},
		{get, "/v1/accounts/{id}", forAll, account},
		{get, "/v1/accounts/{id}/statuses", forAll, accountStatuses},
		{get, "/v1/accounts/{id}/followers", forAll, followers},
		{get, "/v1/accounts/{id}/following", forAll, following},
		{get, "/v1/accounts/{id}/featured_tags", forAll, featuredTags},
		{get, "/v1/accounts/{id}/endorsements", forAll, none},
		{get, "/v1/accounts/{id}/identity_proofs", forAll, none},
		{get, "/v1/accounts/{id}/collections", forAll, collections},
		{get, "/v1/accounts/{id}/in_collections", forAll, inCollections},
		{get, "/v1/{id:[0-9]+}/collections", forAll, collections},
		{get, "/v1/{id:[0-9]+}/in_collections", forAll, inCollections},
		{get, "/v1/collections/{id}", forAll, collection},
		{get, "/v1/accounts/{id}/lists", "read:lists", listsWith},
		{send, "/v1/accounts/{id}/follow", "write:follows", follow},
		{send, "/v1/accounts/{id}/unfollow", "write:follows", unfollow},
		{send, "/v1/accounts/{id}/remove_from_followers", "write:follows", removeFollower},
		{send, "/v1/accounts/{id}/block", "write:blocks", block},
		{send, "/v1/accounts/{id}/unblock", "write:blocks", unblock},
		{send, "/v1/accounts/{id}/mute", "write:mutes", mute},
		{send, "/v1/accounts/{id}/unmute", "write:mutes", unmute},
		{send, "/v1/accounts/{id}/note", "write:accounts", accountNote},
		{send, "/v1/accounts/{id}/pin", "write:accounts", unchanged},
		{send, "/v1/accounts/{id}/unpin", "write:accounts", unchanged},
		{send, "/v1/accounts/{id}/endorse", "write:accounts", unchanged},
		{send, "/v1/accounts/{id}/unendorse", "write:accounts", unchanged},
		{get, "/v1/follow_requests", "read:follows", followRequests},
		{send, "/v1/follow_requests/{id}/authorize", "write:follows", authorizeRequest},
		{send, "/v1/follow_requests/{id}/reject", "write:follows", rejectRequest},
		{get, "/v1/blocks", "read:blocks", blocks},
		{get, "/v1/mutes", "read:mutes", mutes},
		{get, "/v1/domain_blocks", "read:blocks", none},
		{get, "/v1/endorsements", "read:accounts", none},
		{get, "/v1/suggestions", "read:accounts", suggestionsV1},
		{get, "/v2/suggestions", "read:accounts", suggestions},
		{erase, "/v1/suggestions/{id}", "write:accounts", done},
		{send, "/v1/reports", "write:reports", report},
	}
}

func statusRoutes() []endpoint {
	return []endpoint{
		{send, "/v1/statuses", "write:statuses", post},
		{get, "/v1/statuses", forAll, statuses},
		{get, "/v1/statuses/{id}", forAll, status},
		{put, "/v1/statuses/{id}", "write:statuses", edit},
		{erase, "/v1/statuses/{id}", "write:statuses", remove},
		{get, "/v1/statuses/{id}/context", forAll, thread},
		{get, "/v1/statuses/{id}/card", forAll, card},
		{get, "/v1/statuses/{id}/history", forAll, history},
		{get, "/v1/statuses/{id}/source", "read:statuses", source},
		{get, "/v1/statuses/{id}/favourited_by", forAll, favouritedBy},
		{get, "/v1/statuses/{id}/reblogged_by", forAll, rebloggedBy},
		{get, "/v1/statuses/{id}/quotes", forAll, none},
		{send, "/v1/statuses/{id}/favourite", "write:favourites", favourite},
		{send, "/v1/statuses/{id}/unfavourite", "write:favourites", unfavourite},
		{send, "/v1/statuses/{id}/reblog", "write:statuses", reblog},
		{send, "/v1/statuses/{id}/unreblog", "write:statuses", unreblog},
		{send, "/v1/statuses/{id}/bookmark", "write:bookmarks", bookmark},
		{send, "/v1/statuses/{id}/unbookmark", "write:bookmarks", unbookmark},
		{send, "/v1/statuses/{id}/mute", "write:mutes", muteThread},
		{send, "/v1/statuses/{id}/unmute", "write:mutes", unmuteThread},
		{send, "/v1/statuses/{id}/pin", "write:accounts", pin},
		{send, "/v1/statuses/{id}/unpin", "write:accounts", unpin},
		{send, "/v1/media", "write:media", upload},
		{send, "/v2/media", "write:media", upload},
		{get, "/v1/media/{id}", "write:media", media},
		{put, "/v1/media/{id}", "write:media", media},
		{erase, "/v1/media/{id}", "write:media", deleteMedia},
		{get, "/v1/scheduled_statuses", "read:statuses", scheduledStatuses},
		{get, "/v1/scheduled_statuses/{id}", "read:statuses", scheduledStatus},
		{put, "/v1/scheduled_statuses/{id}", "write:statuses", reschedule},
		{erase, "/v1/scheduled_statuses/{id}", "write:statuses", unschedule},
		{get, "/v1/conversations", "read:statuses", conversations},
		{erase, "/v1/conversations/{id}", "write:conversations", leaveConversation},
		{send, "/v1/conversations/{id}/read", "write:conversations", readConversation},
		{get, "/v1/polls/{id}", forAll, poll},
		{send, "/v1/polls/{id}/votes", "write:statuses", vote},
	}
}

func timelineRoutes() []endpoint {
	return []endpoint{
		{get, "/v1/timelines/home", "read:statuses", home},
		{get, "/v1/timelines/public", forAll, publicTimeline},
		{get, "/v1/timelines/tag/{tag}", forAll, tagTimeline},
		{get, "/v1/timelines/list/{id}", "read:lists", listTimeline},
		{get, "/v1/timelines/link", forAll, linkTimeline},
		{get, "/v1/favourites", "read:favourites", favourites},
		{get, "/v1/bookmarks", "read:bookmarks", bookmarks},
		{get, "/v1/markers", "read:statuses", markers},
		{send, "/v1/markers", "write:statuses", moveMarkers},
		{get, "/v1/lists", "read:lists", lists},
		{send, "/v1/lists", "write:lists", createList},
		{get, "/v1/lists/{id}", "read:lists", list},
		{put, "/v1/lists/{id}", "write:lists", updateList},
		{erase, "/v1/lists/{id}", "write:lists", deleteList},
		{get, "/v1/lists/{id}/accounts", "read:lists", listAccounts},
		{send, "/v1/lists/{id}/accounts", "write:lists", addToList},
		{erase, "/v1/lists/{id}/accounts", "write:lists", removeFromList},
	}
}

func noticeRoutes() []endpoint {
	return []endpoint{
		{get, "/v1/notifications", "read:notifications", notifications},
		{get, "/v1/notifications/unread_count", "read:notifications", unread},
		{get, "/v1/notifications/policy", "read:notifications", notificationPolicy},
		{get, "/v1/notifications/requests", "read:notifications", notificationRequests},
		{get, "/v1/notifications/requests/merged", "read:notifications", requestsMerged},
		{send, "/v1/notifications/requests/accept", "write:notifications", acceptRequests},
		{send, "/v1/notifications/requests/dismiss", "write:notifications", dismissRequests},
		{get, "/v1/notifications/requests/{id:[0-9]+}", "read:notifications", notificationRequest},
		{send, "/v1/notifications/requests/{id:[0-9]+}/accept", "write:notifications", acceptRequests},
		{send, "/v1/notifications/requests/{id:[0-9]+}/dismiss", "write:notifications", dismissRequests},
		{send, "/v1/notifications/clear", "write:notifications", clearNotifications},
		{get, "/v1/notifications/{id:[0-9]+}", "read:notifications", notificationByID},
		{send, "/v1/notifications/{id:[0-9]+}/dismiss", "write:notifications", dismissNotification},
		{get, "/v2/notifications", "read:notifications", groupedNotifications},
		{get, "/v2/notifications/unread_count", "read:notifications", unreadGroups},
		{get, "/v2/notifications/policy", "read:notifications", notificationPolicy},
		{patch, "/v2/notifications/policy", "write:notifications", notificationPolicy},
		{get, "/v2/notifications/{group}", "read:notifications", groupByKey},
		{get, "/v2/notifications/{group}/accounts", "read:notifications", groupAccounts},
		{send, "/v2/notifications/{group}/dismiss", "write:notifications", dismissGroup},
		{get, "/v1/push/subscription", "push", subscription},
		{send, "/v1/push/subscription", "push", subscribe},
		{put, "/v1/push/subscription", "push", changeSubscription},
		{erase, "/v1/push/subscription", "push", unsubscribe},
	}
}

func filterRoutes() []endpoint {
	return []endpoint{
		{get, "/v1/filters", "read:filters", filtersV1},
		{send, "/v1/filters", "write:filters", createFilterV1},
		{get, "/v1/filters/{id}", "read:filters", filterByKeyword},
		{put, "/v1/filters/{id}", "write:filters", filterByKeyword},
		{erase, "/v1/filters/{id}", "write:filters", deleteFilterV1},
		{get, "/v2/filters", "read:filters", filters},
		{send, "/v2/filters", "write:filters", createFilter},
		{get, "/v2/filters/keywords/{id}", "read:filters", keyword},
		{put, "/v2/filters/keywords/{id}", "write:filters", keyword},
		{erase, "/v2/filters/keywords/{id}", "write:filters", deleteKeyword},
		{get, "/v2/filters/statuses/{id}", "read:filters", filterStatus},
		{erase, "/v2/filters/statuses/{id}", "write:filters", deleteFilterStatus},
		{get, "/v2/filters/{id}", "read:filters", filter},
		{put, "/v2/filters/{id}", "write:filters", updateFilter},
		{erase, "/v2/filters/{id}", "write:filters", deleteFilter},
		{get, "/v2/filters/{id}/keywords", "read:filters", filterKeywords},
		{send, "/v2/filters/{id}/keywords", "write:filters", addKeyword},
		{get, "/v2/filters/{id}/statuses", "read:filters", filterStatuses},
		{send, "/v2/filters/{id}/statuses", "write:filters", addFilterStatus},
	}
}

func otherRoutes() []endpoint {
	return []endpoint{
		{get, "/v2/search", forAll, searchAll},
		{get, "/v1/search", forAll, searchV1},
		{get, "/v1/tags/{name}", forAll, tagByName},
		{send, "/v1/tags/{name}/follow", "write:follows", followTag},
		{send, "/v1/tags/{name}/unfollow", "write:follows", unfollowTag},
		{get, "/v1/followed_tags", "read:follows", followedTags},
		{get, "/v1/featured_tags", "read:accounts", ownFeaturedTags},
		{send, "/v1/featured_tags", "write:accounts", featureTag},
		{get, "/v1/featured_tags/suggestions", "read:accounts", suggestedTags},
		{erase, "/v1/featured_tags/{id}", "write:accounts", deleteFeaturedTag},
		{send, "/v1/tags/{name}/feature", "write:accounts", featureTag},
		{send, "/v1/tags/{name}/unfeature", "write:accounts", unfeatureTag},
	}
}

func streamRoutes() []endpoint {
	return []endpoint{
		{get, "/v1/streaming/health", forAll, healthy},
		{get, "/v1/streaming", forAll, streamSocket},
		{get, "/v1/streaming/{stream:.+}", forAll, streamEvents},
	}
}

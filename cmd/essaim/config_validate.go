package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // node.time_zone works on machines without zone files

	"github.com/essaim/essaim/web"
)

// validate checks every rule between and within the keys, and names all that
// are broken at once, each as "section.key: what is wrong".
func (c *Config) validate() error {
	return errors.Join(
		c.Node.validate(),
		c.checkScheme(),
		check(c.Store.MaxSize >= 0, "store.max_size", "%d is less than 0", c.Store.MaxSize),
		check(c.Store.MinFree >= 0, "store.min_free", "%d is less than 0", c.Store.MinFree),
		check(c.Media.MaxFile >= 1<<20 && c.Media.MaxFile <= 1<<30, "media.max_file", "%v is not between 1 MiB and 1 GiB", c.Media.MaxFile),
		c.Federation.validate(),
		c.Delivery.validate(),
		c.Limits.validate(),
		check(c.OpenForm.FederateAfter.Duration >= 0, "open_form.federate_after", "is less than 0"),
		c.Mail.validate(),
		c.OIDC.validate(c.Development.AllowHTTP),
		c.Retention.validate(),
		c.Map.validate(),
		c.HTTP.validate(),
		c.Log.validate(),
		check(c.Metrics.Listen == "" || isListen(c.Metrics.Listen), "metrics.listen", "%q is no host:port", c.Metrics.Listen),
		check(c.Development.RetryScale > 0 && c.Development.RetryScale <= 1, "development.retry_scale", "%v is not above 0 and at most 1", c.Development.RetryScale),
	)
}

// check returns nil when ok, else the rule that key breaks.
func check(ok bool, key, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf("%s: "+format, append([]any{key}, args...)...)
}

func (r RetentionConfig) validate() error {
	return errors.Join(
		check(r.Reports.Duration >= day, "retention.reports", "is less than a day"),
		check(r.Contacts.Duration >= day, "retention.contacts", "is less than a day"),
		check(r.SignIns.Duration >= day, "retention.sign_ins", "is less than a day"),
		check(r.Letters.Duration >= day, "retention.letters", "is less than a day"),
		check(r.Backups.Duration >= day, "retention.backups", "is less than a day"),
		check(r.Journal.Duration >= day, "retention.journal", "is less than a day"),
	)
}

// keeps are the same for the pages.
func (r RetentionConfig) keeps() web.Keeps {
	return web.Keeps{
		Reports: r.Reports.Duration, Contacts: r.Contacts.Duration, SignIns: r.SignIns.Duration,
		Letters: r.Letters.Duration, Backups: r.Backups.Duration, Journal: r.Journal.Duration,
	}
}

func (m MapConfig) validate() error {
	u, err := url.Parse(strings.NewReplacer("{z}", "1", "{x}", "2", "{y}", "3").Replace(m.Address))
	whole := strings.Contains(m.Address, "{z}") && strings.Contains(m.Address, "{x}") && strings.Contains(m.Address, "{y}")
	ok := err == nil && u.Scheme == "https" && u.Host != "" && whole && !strings.ContainsAny(u.Host, "{};, '")
	return errors.Join(
		check(m.Address == "" || ok, "map.tiles", "%q is no https address with {z}, {x} and {y}", m.Address),
		check(m.Address == "" || m.File == "", "map.file", "is set beside map.tiles: only one of them lies under the map"),
		check(m.Address+m.File == "" || m.Credit != "", "map.credit", "is empty"),
	)
}

func (n NodeConfig) validate() error {
	_, zone := time.LoadLocation(n.TimeZone)
	return errors.Join(
		checkBaseURL(n.BaseURL),
		check(isListen(n.Listen), "node.listen", "%q is no host:port", n.Listen),
		check(n.Language == "fr" || n.Language == "en", "node.language", "%q is neither fr nor en", n.Language),
		check(n.TimeZone != "" && zone == nil, "node.time_zone", "%q is no time zone", n.TimeZone),
	)
}

// checkBaseURL wants an origin as ids carry it: ids are compared as strings, so
// there is one spelling only.
func checkBaseURL(base string) error {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("node.base_url: %q is no http or https address", base)
	}
	origin := u.Scheme + "://" + strings.ToLower(u.Host)
	if base != origin || strings.HasSuffix(u.Hostname(), ".") {
		return fmt.Errorf("node.base_url: %q must be scheme and host alone, in lower case, such as %q", base, origin)
	}
	return nil
}

// checkScheme keeps plain http at home and the development settings out of
// public nodes.
func (c *Config) checkScheme() error {
	u, _ := url.Parse(c.Node.BaseURL)
	if u == nil {
		return nil // checkBaseURL says so
	}
	local := isLocal(u.Hostname())
	return errors.Join(
		check(u.Scheme != "http" || local || c.Development.AllowHTTP, "node.base_url", "%q must be https: other nodes refuse anything else", c.Node.BaseURL),
		check(u.Scheme != "https" || local || !c.Development.active(), "development", "refused, because %q is public", c.Node.BaseURL),
	)
}

// isLocal reports whether host can only be reached from this machine or its
// private network.
func isLocal(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		addr = addr.Unmap()
		return addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast()
	}
	// RFC 6761 §6.2 and §6.3: these names never leave the machine.
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".test")
}

func isListen(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

func (f FederationConfig) validate() error {
	known := f.Mode == modeOpen || f.Mode == modeFollowed || f.Mode == modeAllowList
	dull := slices.IndexFunc(f.AllowedHosts, func(h string) bool {
		return h == "" || h != strings.ToLower(h) || strings.ContainsAny(h, "/@ ")
	})
	errs := []error{
		check(known, "federation.mode", "%q is none of %s, %s and %s", f.Mode, modeOpen, modeFollowed, modeAllowList),
		check(f.Mode == modeAllowList || len(f.AllowedHosts) == 0, "federation.allowed_hosts", "has no effect unless mode is %s", modeAllowList),
		check(f.MaxBody >= 64<<10 && f.MaxBody <= 16<<20, "federation.max_body", "%v is not between 64 KiB and 16 MiB", f.MaxBody),
	}
	if dull >= 0 {
		errs = append(errs, fmt.Errorf("federation.allowed_hosts: %q is no host name in lower case", f.AllowedHosts[dull]))
	}
	return errors.Join(errs...)
}

func (d DeliveryConfig) validate() error {
	return errors.Join(
		check(d.Concurrency >= 2, "delivery.concurrency", "%d is less than 2", d.Concurrency),
		check(d.Unhealthy >= 1 && d.Unhealthy < d.Concurrency, "delivery.unhealthy", "%d leaves nothing of concurrency to healthy hosts, or is less than 1", d.Unhealthy),
	)
}

func (l LimitsConfig) validate() error {
	return errors.Join(
		check(l.Inbox >= 0, "limits.inbox", "%d is less than 0", l.Inbox),
		check(l.Pages >= 0, "limits.pages", "%d is less than 0", l.Pages),
		check(l.SignIn >= 0, "limits.sign_in", "%d is less than 0", l.SignIn),
		check(l.Contributions >= 0, "limits.contributions", "%d is less than 0", l.Contributions),
	)
}

func (h HTTPConfig) validate() error {
	return errors.Join(
		check(h.ReadHeaderTimeout.Duration > 0, "http.read_header_timeout", "must be more than 0"),
		check(h.ReadTimeout.Duration >= h.ReadHeaderTimeout.Duration, "http.read_timeout", "is shorter than read_header_timeout"),
		check(h.WriteTimeout.Duration > 0, "http.write_timeout", "must be more than 0"),
		check(h.IdleTimeout.Duration > 0, "http.idle_timeout", "must be more than 0"),
		check(h.ShutdownTimeout.Duration > 0, "http.shutdown_timeout", "must be more than 0"),
	)
}

func (l LogConfig) validate() error {
	_, err := l.slogLevel()
	return errors.Join(err, check(l.Format == "text" || l.Format == "json", "log.format", "%q is neither text nor json", l.Format))
}

// slogLevel is the level as slog takes it.
func (l LogConfig) slogLevel() (slog.Level, error) {
	switch l.Level {
	case "debug":
		return slog.LevelDebug, nil
	case "info":
		return slog.LevelInfo, nil
	case "warn":
		return slog.LevelWarn, nil
	case "error":
		return slog.LevelError, nil
	}
	return 0, fmt.Errorf("log.level: %q is none of debug, info, warn, error", l.Level)
}

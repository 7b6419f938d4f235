package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/session"
)

// birth is what a new node needs to know.
type birth struct {
	baseURL, listen      string
	lab, name, territory string
	admin, email         string
	password             string
	development          bool
}

func initCommand() *cobra.Command {
	var p place
	var b birth
	var yes, passwordStdin bool
	c := &cobra.Command{
		Use:   "init",
		Short: "Create a node: its configuration, its lab and its first administrator",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if passwordStdin {
				if b.password, err = readPassword(c.InOrStdin()); err != nil {
					return err
				}
			}
			if !yes {
				if err := b.ask(newDialog(c.InOrStdin(), c.ErrOrStderr())); err != nil {
					return err
				}
			}
			return b.create(c, p)
		},
	}
	c.Flags().StringVar(&p.dir, "data", "data", "the directory of config.toml, the store and the media")
	b.flags(c)
	c.Flags().BoolVar(&yes, "yes", false, "ask nothing: the flags say all")
	c.Flags().BoolVar(&passwordStdin, "password-stdin", false, "read the administrator's password from the first line of standard input")
	return c
}

func (b *birth) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&b.baseURL, "base-url", "", "the address that people and other nodes use; it can never change")
	f.StringVar(&b.listen, "listen", "", "the host and port to listen on")
	f.StringVar(&b.lab, "lab", "", "the handle of the lab: @handle@host")
	f.StringVar(&b.name, "name", "", "the name of the lab")
	f.StringVar(&b.territory, "territory", "", "where it works, such as region:53")
	f.StringVar(&b.admin, "admin", "", "the handle of the first administrator")
	f.StringVar(&b.email, "email", "", "the administrator's e-mail address")
	f.BoolVar(&b.development, "development", false, "for several nodes on one machine: plain http, and 127.0.0.0/8 may be dialled")
}

// create makes the node. What is wrong with an answer is found before anything
// is written.
func (b *birth) create(c *cobra.Command, p place) error {
	cfg, written, err := b.config(p)
	if err != nil {
		return err
	}
	if err := b.check(); err != nil {
		return err
	}
	hash, err := session.Hash(b.password)
	if err != nil {
		return err
	}
	n, err := openNode(c.Context(), nodeOptions{dir: p.dir, config: cfg, log: newLog(c.ErrOrStderr(), cfg.Log)})
	if err != nil {
		return err
	}
	err = b.setUp(store.AtTerminal(c.Context()), n, hash)
	if err == nil && !written {
		err = writeConfig(filepath.Join(p.dir, configName), cfg)
	}
	if err = errors.Join(err, n.close()); err != nil {
		return err
	}
	fmt.Fprintf(c.OutOrStdout(), "@%s@%s is ready: essaim serve --data %s\n", b.lab, store.HostOf(cfg.Node.BaseURL), p.dir)
	return nil
}

// config is the new node's configuration. One that lies there already, written
// by the operator, stands; the answers may not contradict it.
func (b *birth) config(p place) (cfg Config, written bool, err error) {
	_, err = os.Stat(filepath.Join(p.dir, configName))
	written = err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cfg, written, err
	}
	if cfg, err = loadConfig(p.dir, "", os.Environ()); err != nil {
		return cfg, written, err
	}
	if written && (b.baseURL != "" && b.baseURL != cfg.Node.BaseURL || b.listen != "" && b.listen != cfg.Node.Listen) {
		return cfg, written, fmt.Errorf("%s is there already and says otherwise: node.base_url %s, node.listen %s",
			filepath.Join(p.dir, configName), cfg.Node.BaseURL, cfg.Node.Listen)
	}
	cfg.Node.BaseURL = cmp.Or(strings.TrimSuffix(b.baseURL, "/"), cfg.Node.BaseURL)
	cfg.Node.Listen = cmp.Or(b.listen, cfg.Node.Listen)
	if b.development && !written {
		cfg.Development.AllowHTTP = true
		cfg.Development.AllowNets = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	}
	if err := cfg.validate(); err != nil {
		return cfg, written, fmt.Errorf("configuration: %w", err)
	}
	return cfg, written, nil
}

// check applies the rules to all answers but those of the configuration.
func (b *birth) check() error {
	var errs []error
	for _, r := range b.rules() {
		if err := explain(r.check(*r.value)); err != nil {
			errs = append(errs, fmt.Errorf("--%s: %w", r.flag, err))
		}
	}
	return errors.Join(errs...)
}

// rule is one answer and what it must obey.
type rule struct {
	flag     string
	question string
	value    *string
	check    func(string) error
}

func (b *birth) rules() []rule {
	return []rule{
		{"lab", "Handle of the lab (small letters, digits, _)", &b.lab, federation.CheckHandle},
		{"name", "Name of the lab", &b.name, checkName},
		{"territory", "Territory, such as region:53", &b.territory, checkTerritory},
		{"admin", "Handle of the first administrator", &b.admin, federation.CheckHandle},
		{"email", "E-mail address of the administrator", &b.email, checkEmail},
		{"password-stdin", "Password of the administrator", &b.password, checkPassword},
	}
}

func checkName(name string) error {
	if strings.TrimSpace(name) == "" {
		return &store.FieldError{Field: "name", Reason: "error.required"}
	}
	return nil
}

func checkTerritory(code string) error {
	if !store.Territories.Has(code) {
		return fmt.Errorf("%q is none of %s", code, strings.Join(store.Territories.Slugs, " "))
	}
	return nil
}

// setUp brings the lab and its administrator into an open node.
func (b *birth) setUp(ctx context.Context, n *node, hash string) error {
	lang := n.config.Node.Language
	if b.lab == b.admin {
		return errors.New("the lab and the administrator need handles of their own")
	}
	_, err := n.door.SetUp(ctx, store.Actor{Handle: b.lab, Name: b.name, Lang: lang, Territory: []string{b.territory}})
	if errors.Is(err, store.ErrExists) {
		return fmt.Errorf("%s has been set up already: add people with essaim member add", n.dir)
	}
	if err != nil {
		return explain(err)
	}
	_, _, err = n.addMember(ctx, memberRequest{Handle: b.admin, Name: b.admin, Email: b.email, Role: string(store.Admin), Hash: hash})
	return err
}

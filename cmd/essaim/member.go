package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/session"
)

func memberCommand() *cobra.Command {
	c := &cobra.Command{Use: "member", Short: "The members of the lab"}
	c.AddCommand(memberAddCommand())
	return c
}

func memberAddCommand() *cobra.Command {
	var p place
	var in memberRequest
	var passwordStdin bool
	c := &cobra.Command{
		Use:   "add",
		Short: "Add a member, with a login",
		Long: "Add a member, with a login. Without --password-stdin it prints a link with which the\n" +
			"new member signs in, once and within a day.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var password io.Reader
			if passwordStdin {
				password = c.InOrStdin()
			}
			return runMemberAdd(c, p, in, password)
		},
	}
	p.flags(c)
	f := c.Flags()
	f.StringVar(&in.Handle, "member", "", "the handle: small letters, digits and _")
	f.StringVar(&in.Name, "name", "", "the name that people read")
	f.StringVar(&in.Email, "email", "", "the e-mail address to sign in with")
	f.StringVar(&in.Role, "role", string(store.Contributor), "what the login may do: contributor, moderator, animator or admin")
	f.BoolVar(&passwordStdin, "password-stdin", false, "read the password from the first line of standard input")
	required(c, "member")
	return c
}

// required makes flags that a command cannot do without.
func required(c *cobra.Command, flags ...string) {
	for _, name := range flags {
		if err := c.MarkFlagRequired(name); err != nil {
			panic(err) // the flag does not exist
		}
	}
}

func runMemberAdd(c *cobra.Command, p place, in memberRequest, password io.Reader) (err error) {
	if password != nil {
		if in.Hash, err = newHash(password); err != nil {
			return err
		}
	}
	return p.with(c, func(ctx context.Context, l *line) error {
		added, err := addMember.call(ctx, l, in)
		if err != nil {
			return err
		}
		fmt.Fprintln(c.OutOrStdout(), added.Address)
		if added.Link != "" {
			fmt.Fprintf(c.OutOrStdout(), "Sign in, once and within a day: %s\n", added.Link)
		}
		return nil
	})
}

// newHash reads a new password and returns what is kept of it.
func newHash(r io.Reader) (string, error) {
	password, err := readPassword(r)
	if err == nil {
		err = explain(checkPassword(password))
	}
	if err != nil {
		return "", err
	}
	return session.Hash(password)
}

type memberRequest struct{ Handle, Name, Email, Role, Hash string }

type memberAdded struct{ Address, Link string }

var addMember = task[memberRequest, memberAdded]{"member/add", func(ctx context.Context, n *node, in memberRequest) (memberAdded, error) {
	person, account, err := n.addMember(ctx, in)
	if err != nil {
		return memberAdded{}, err
	}
	added := memberAdded{Address: person.Address()}
	if in.Hash == "" {
		added.Link, err = n.signInLink(ctx, account.ID)
	}
	return added, err
}}

// addMember gives the lab a member who can sign in.
func (n *node) addMember(ctx context.Context, in memberRequest) (*store.Actor, *store.Account, error) {
	account := &store.Account{Email: in.Email, Password: in.Hash, Role: store.Role(in.Role), Lang: n.config.Node.Language}
	if !slices.Contains(store.Roles(), account.Role) {
		return nil, nil, fmt.Errorf("role %q is none of %s", in.Role, store.Roles())
	}
	if in.Email != "" {
		if err := checkEmail(in.Email); err != nil {
			return nil, nil, explain(err)
		}
	}
	person, err := n.door.AddMember(ctx, store.Actor{
		Handle: in.Handle, Name: in.Name, Lang: n.config.Node.Language, Discoverable: true,
	}, account)
	switch {
	case errors.Is(err, store.ErrExists):
		return nil, nil, fmt.Errorf("@%s or %q is taken: %w", in.Handle, in.Email, err)
	case errors.Is(err, store.ErrNotFound):
		return nil, nil, errors.New("this node has no lab yet: set it up first")
	}
	return person, account, explain(err)
}

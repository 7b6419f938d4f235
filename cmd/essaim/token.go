package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/essaim/essaim/store"
)

func tokenCommand() *cobra.Command {
	c := &cobra.Command{Use: "token", Short: "Tokens with which software acts as a member"}
	c.AddCommand(tokenCreateCommand())
	return c
}

func tokenCreateCommand() *cobra.Command {
	var p place
	var in tokenRequest
	c := &cobra.Command{
		Use:   "create",
		Short: "Print a new token of a member",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.with(c, func(ctx context.Context, l *line) error {
				secret, err := createToken.call(ctx, l, in)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(c.OutOrStdout(), secret)
				return err
			})
		},
	}
	p.flags(c)
	c.Flags().StringVar(&in.Member, "member", "", "the handle of the member")
	c.Flags().StringVar(&in.Scopes, "scopes", "read", "what it may do: "+strings.Join(tokenScopes, ", ")+", separated by spaces")
	required(c, "member")
	return c
}

// tokenScopes are what a token of software may do.
var tokenScopes = []string{"read", "write", "follow", "push"}

type tokenRequest struct{ Member, Scopes string }

// createToken returns the secret; the store keeps its hash alone.
var createToken = task[tokenRequest, string]{"token/create", func(ctx context.Context, n *node, in tokenRequest) (string, error) {
	scopes := strings.Fields(in.Scopes)
	for _, s := range scopes {
		if !slices.Contains(tokenScopes, s) {
			return "", fmt.Errorf("scope %q is none of %s", s, strings.Join(tokenScopes, ", "))
		}
	}
	if len(scopes) == 0 {
		return "", errors.New("a token needs a scope")
	}
	secret := rand.Text() + rand.Text()
	return secret, n.store.Update(ctx, func(tx *store.Txn) error {
		account, err := tx.AccountByLogin(in.Member)
		if err != nil {
			return fmt.Errorf("login of %q: %w", in.Member, err)
		}
		tx.PutToken(secret, &store.Token{Account: account.ID, Scopes: scopes, Created: tx.Now()})
		tx.Note(store.JournalEntry{Deed: store.MakeToken, Actor: account.Actor, What: strings.Join(scopes, " ")})
		return nil
	})
}}

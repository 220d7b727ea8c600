// Says who the Go SDK, or Terraform's credential code on top of it, takes a profile for. Reads one JSON object a line,
// {"profile": "work"}, and answers each with one line: the ARN that STS names, or the error.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	base "github.com/hashicorp/aws-sdk-go-base/v2"
)

type job struct {
	Profile string `json:"profile"`
}

type answer struct {
	Arn   string `json:"arn,omitempty"`
	Error string `json:"error,omitempty"`
}

func main() {
	mode := os.Args[1]
	if mode == "versions" {
		versions()
		return
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var asked job
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		arn, err := identity(mode, asked.Profile)
		said := answer{Arn: arn}
		if err != nil {
			said.Error = err.Error()
		}
		line, _ := json.Marshal(said)
		fmt.Println(string(line))
	}
}

func identity(mode string, profile string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cfg, err := load(ctx, mode, profile)
	if err != nil {
		return "", err
	}
	// One try: a refusal is an answer, and waiting for a second one only costs time.
	cfg.RetryMaxAttempts = 1
	said, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return aws.ToString(said.Arn), nil
}

func load(ctx context.Context, mode string, profile string) (aws.Config, error) {
	if mode == "sdk" {
		return config.LoadDefaultConfig(ctx, config.WithSharedConfigProfile(profile))
	}
	// What the AWS provider does with `provider "aws" { profile = … }`
	ctx, cfg, found := base.GetAwsConfig(ctx, &base.Config{
		Profile:    profile,
		MaxRetries: 1,
		APNInfo:    &base.APNInfo{PartnerName: "HashiCorp"},
	})
	_ = ctx
	for _, problem := range found {
		return cfg, fmt.Errorf("%s: %s", problem.Summary(), problem.Detail())
	}
	return cfg, nil
}

func versions() {
	info, _ := debug.ReadBuildInfo()
	found := map[string]string{"go": info.GoVersion}
	for _, module := range info.Deps {
		found[module.Path] = module.Version
	}
	line, _ := json.Marshal(found)
	fmt.Println(string(line))
}

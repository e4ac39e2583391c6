module github.com/gwlint/gwlint

go 1.25.0

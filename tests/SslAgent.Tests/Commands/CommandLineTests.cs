using System.CommandLine;
using SslAgent.Commands;

namespace SslAgent.Tests.Commands;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Help_lists_every_command_with_its_description_and_exits_0()
    {
        (int code, string output, string error) = await Sslagent.RunAsync("--help");

        Assert.Equal(ExitCode.Ok, code);
        Assert.Empty(error);
        foreach (CommandEntry entry in CommandRegistry.All())
        {
            Assert.Contains($"  {entry.Command.Name}", output);
            Assert.Contains(entry.Command.Description!, output);
        }
    }

    [Fact]
    public async Task Without_a_command_the_help_goes_to_standard_error_and_the_exit_code_is_2()
    {
        (int code, string output, string error) = await Sslagent.RunAsync();

        Assert.Equal(ExitCode.Usage, code);
        Assert.Empty(output);
        Assert.Contains("sslagent COMMAND", error);
    }

    [Theory]
    [InlineData("no-such-command")]
    [InlineData("version", "--no-such-option")]
    public async Task A_wrong_command_line_exits_2_and_says_what_is_wrong(params string[] args)
    {
        (int code, _, string error) = await Sslagent.RunAsync(args);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(args[^1], error);
    }

    [Theory]
    [InlineData("sslagent checkpoints: there is no command checkpoints acept", "Try: sslagent checkpoints --help", "checkpoints", "acept", "v1")]
    [InlineData("sslagent checkpoints accept: 'foo' is no version", "Try: sslagent checkpoints accept --help", "checkpoints", "accept", "foo")]
    [InlineData("sslagent: there is no command rollback", "Try: sslagent --help", "rollback")]
    public async Task What_was_mistyped_is_named_with_the_command_that_has_the_help(string says, string hint, params string[] args)
    {
        (int code, _, string error) = await Sslagent.RunAsync(args);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.Contains(hint, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_example_parses_and_every_command_has_one()
    {
        RootCommand root = CommandLine.Root(CommandRegistry.All());
        foreach (CommandEntry entry in CommandRegistry.All())
        {
            Assert.NotEmpty(entry.Examples);
            foreach (Example example in entry.Examples)
            {
                Assert.StartsWith(entry.Command.Name, example.Line);
                Assert.NotEmpty(example.Says);
                ParseResult parsed = root.Parse(example.Line.Split(" > ")[0]);
                Assert.True(parsed.Errors.Count == 0, $"{example.Line}: {string.Join("; ", parsed.Errors)}");
            }
        }
    }

    [Fact]
    public async Task A_commands_own_help_ends_with_its_examples()
    {
        foreach (CommandEntry entry in CommandRegistry.All())
        {
            (int code, string output, _) = await Sslagent.RunAsync(entry.Command.Name, "--help");

            Assert.Equal(ExitCode.Ok, code);
            Assert.Contains(entry.Command.Description!, output);
            foreach (Example example in entry.Examples) Assert.Contains($"sslagent {example.Line}", output);
        }
    }

    [Fact]
    public async Task Version_prints_the_assemblys_version()
    {
        (int code, string output, _) = await Sslagent.RunAsync("version");

        Assert.Equal(ExitCode.Ok, code);
        Assert.StartsWith("sslagent 0.", output);
    }
}

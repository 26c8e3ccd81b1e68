using System.CommandLine;
using System.Text.RegularExpressions;
using SslAgent.Commands;
using SslAgent.House.Tests;

namespace SslAgent.Tests.Docs;

/// <summary>What the program and its documents tell people to type is there to be typed.</summary>
public sealed partial class CommandsInWordsTests
{
    private const int FewestFound = 60;

    /// <summary>Words of a sentence that may stand behind the program's name, or behind a command that has others under it.</summary>
    private static readonly string[] Prose = ["and", "of", "does"];

    [Fact]
    public void Every_command_that_is_named_exists()
    {
        RootCommand root = CommandLine.Root(CommandRegistry.All());
        string[] named =
        [
            .. Repository.Under("src").Concat(Repository.Under("docs")).Concat(Repository.Under("deploy")).Append("README.md").Where(Repository.Prose.Contains)
                .SelectMany(file => Command().Matches(Repository.Read(file)).Select(match => match.Value)),
        ];
        Assert.True(named.Length >= FewestFound, $"only {named.Length} were found");
        Assert.All(named.Distinct(), words => Assert.True(IsThere(root, words.Split(' ')[1..]), words));
    }

    private static bool IsThere(Command root, string[] words)
    {
        Command at = root;
        foreach (string word in words.TakeWhile(word => at.Subcommands.Count > 0))
        {
            if (Prose.Contains(word)) return true;
            if (at.Subcommands.FirstOrDefault(command => command.Name == word) is not { } next) return false;
            at = next;
        }

        return true;
    }

    [GeneratedRegex("sslagent (?!sslagent)[a-z]+( [a-z]+)?")]
    private static partial Regex Command();
}

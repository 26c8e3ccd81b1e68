using System.Text.RegularExpressions;

namespace SslAgent.House.Tests;

/// <summary>Rules that source and prose keep, line by line.</summary>
public sealed partial class SourceTests
{
    private const int LinesMax = 300;

    /// <summary>A test's fixture or the mirror of a foreign API may run longer: there is no second idea to split off.</summary>
    private const int LinesMaxElsewhere = 400;

    [Fact]
    public void Files_are_short_enough_to_be_one_idea()
    {
        string[] found =
        [
            .. Repository.Code.Select(file => (File: file, Lines: File.ReadLines(Repository.Absolute(file)).Count()))
                .Where(file => file.Lines > (file.File.StartsWith("src/", StringComparison.Ordinal) ? LinesMax : LinesMaxElsewhere))
                .Select(file => $"{file.File}: {file.Lines} lines"),
        ];
        Nothing(found);
    }

    [Fact]
    public void Code_has_no_pragmas_no_regions_and_no_promises() => Nothing(Lines(Repository.Code.Where(IsNotThisFile), Unfinished()));

    [Fact]
    public void Tests_do_not_sleep() =>
        Nothing(Lines(Repository.Code.Where(file => file.StartsWith("tests/", StringComparison.Ordinal)).Where(IsNotThisFile), Sleeping()));

    [Fact]
    public void Nothing_names_a_place_on_somebodys_own_machine() => Nothing(Lines(Repository.Prose.Where(IsNotThisFile), MachinePath()));

    [Fact]
    public void Words_speak_of_the_code_and_not_of_how_it_came_to_be() => Nothing(Lines(Repository.Prose.Where(IsNotThisFile), Narration()));

    [Fact]
    public void Packages_come_from_the_public_registries_by_name()
    {
        string[] packaging =
        [
            .. Repository.Files.Where(file => Path.GetFileName(file).ToLowerInvariant()
                is "package-lock.json" or "packages.lock.json" or ".npmrc" or "nuget.config" or "pip.conf"),
        ];
        Nothing(Lines(packaging, ForeignRegistry()));
        Nothing(Lines(Repository.Prose.Where(IsNotThisFile), NumericHost()));
    }

    [GeneratedRegex(@"^\s*#\s*(pragma|region|endregion)\b|\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException", RegexOptions.CultureInvariant)]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"Thread\.Sleep|Task\.Delay\(\s*(\d|TimeSpan)", RegexOptions.CultureInvariant)]
    private static partial Regex Sleeping();

    [GeneratedRegex(@"(?<![\w.$}~<-])/(home|Users|work|workspace|mnt/data)/[A-Za-z_]|/tmp/bash", RegexOptions.CultureInvariant)]
    private static partial Regex MachinePath();

    [GeneratedRegex(
        @"\b(this|our|previous|last|earlier|next) (session|conversation|chat|prompt)\b|\bas (you|the user) (asked|requested)\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Narration();

    [GeneratedRegex(
        @"https?://(?!(api\.nuget\.org|registry\.npmjs\.org|pypi\.org|github\.com|opencollective\.com|(www\.)?patreon\.com|feross\.org|tidelift\.com)[/""])",
        RegexOptions.CultureInvariant)]
    private static partial Regex ForeignRegistry();

    [GeneratedRegex(@"https?://(?!127\.|0\.0\.0\.0|10\.0\.0\.1\b|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.)\d{1,3}(\.\d{1,3}){3}", RegexOptions.CultureInvariant)]
    private static partial Regex NumericHost();

    private static bool IsNotThisFile(string file) => !file.EndsWith("/SourceTests.cs", StringComparison.Ordinal);

    private static string[] Lines(IEnumerable<string> files, Regex pattern) =>
    [
        .. files.SelectMany(file => File.ReadLines(Repository.Absolute(file)).Select((line, index) => (file, line, Number: index + 1)))
            .Where(at => pattern.IsMatch(at.line)).Select(at => $"{at.file}:{at.Number}: {at.line.Trim()}"),
    ];

    private static void Nothing(string[] found) => Assert.True(found.Length == 0, string.Join('\n', found));
}

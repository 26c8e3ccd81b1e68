using System.Text.RegularExpressions;

namespace SslAgent.House.Tests;

/// <summary>Documents point to what is there, and decisions are numbered once.</summary>
public sealed partial class DocumentTests
{
    private const string Decisions = "docs/decisions/";

    private static IEnumerable<string> Documents => Repository.Under("").Where(file => file.EndsWith(".md", StringComparison.Ordinal));

    [Fact]
    public void Every_link_to_a_file_leads_to_one()
    {
        string[] broken =
        [
            .. Documents.SelectMany(document => Targets(document).Select(target => (document, Target: target)))
                .Where(link => !Exists(link.document, link.Target)).Select(link => $"{link.document} links to {link.Target}"),
        ];
        Assert.True(broken.Length == 0, string.Join('\n', broken));
    }

    [Fact]
    public void The_readme_leads_to_every_document()
    {
        Assert.SkipUnless(Repository.Files.Contains("README.md"), "there is no README.md yet");
        HashSet<string> reached = ["README.md"];
        Queue<string> open = new(reached);
        while (open.TryDequeue(out string? document))
        {
            foreach (string link in Targets(document))
            {
                string target = Resolve(document, link);
                if (Documents.Contains(target) && reached.Add(target)) open.Enqueue(target);
            }
        }
        string[] lost =
        [
            .. Documents.Where(document => document.StartsWith("docs/", StringComparison.Ordinal)).Except(reached)
                .Where(document => !document.StartsWith(Decisions, StringComparison.Ordinal)),
        ];
        Assert.True(lost.Length == 0, $"not reachable from README.md: {string.Join(", ", lost)}");
    }

    [Fact]
    public void Decisions_have_numbers_of_their_own_and_say_them_in_their_title()
    {
        string[] decisions = [.. Repository.Under(Decisions).Where(file => !file.EndsWith("README.md", StringComparison.Ordinal))];
        Assert.NotEmpty(decisions);
        Assert.All(decisions, file => Assert.Matches(@"^docs/decisions/\d{4}-[a-z0-9-]+\.md$", file));
        string[] numbers = [.. decisions.Select(file => Path.GetFileName(file)[..4])];
        Assert.Equal(numbers.Distinct(), numbers);
        Assert.All(decisions, file => Assert.StartsWith($"# {Path.GetFileName(file)[..4]}: ", Repository.Read(file), StringComparison.Ordinal));
    }

    [Fact]
    public void A_format_document_that_the_code_names_exists()
    {
        Assert.SkipUnless(Repository.Files.Contains("README.md"), "there is no README.md yet");
        string[] missing =
        [
            .. Repository.Code.SelectMany(file => FormatDocument().Matches(Repository.Read(file)).Select(match => (file, match.Value)))
                .Where(mention => !Repository.Files.Contains(mention.Value)).Distinct()
                .Select(mention => $"{mention.file} names {mention.Value}"),
        ];
        Assert.True(missing.Length == 0, string.Join('\n', missing));
    }

    [GeneratedRegex(@"\]\((?!https?:|mailto:|#)(?<target>[^)#\s]+)(#[^)]*)?\)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex(@"docs/formats/[a-z-]+\.md", RegexOptions.CultureInvariant)]
    private static partial Regex FormatDocument();

    private static IEnumerable<string> Targets(string document) =>
        Link().Matches(Repository.Read(document)).Select(match => match.Groups["target"].Value);

    private static bool Exists(string document, string target)
    {
        string resolved = Resolve(document, target);
        return Repository.Files.Contains(resolved) || Directory.Exists(Repository.Absolute(resolved));
    }

    private static string Resolve(string document, string target)
    {
        string folder = Path.GetDirectoryName(Repository.Absolute(document)) ?? Repository.Root;
        return Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(folder, target))).Replace('\\', '/');
    }
}

using System.ComponentModel;
using System.Diagnostics;

namespace SslAgent.Continual.Reports;

/// <summary>Where figures come from: processor, system, commit.</summary>
internal static class MachineFacts
{
    public static string Processor { get; } = Field("/proc/cpuinfo", "model name", ':') is { Length: > 0 } model ? model : "an unnamed processor";

    public static string System { get; } =
        Field("/etc/os-release", "PRETTY_NAME", '=') is { Length: > 0 } name ? name : global::System.Runtime.InteropServices.RuntimeInformation.OSDescription;

    public static string Machine { get; } =
        string.Create(global::System.Globalization.CultureInfo.InvariantCulture, $"{Processor}, {Environment.ProcessorCount} cores, {System}, .NET {Environment.Version}");

    /// <summary>The commit that was checked out, and whether the sources differed from it.</summary>
    public static string Commit(string repository)
    {
        string head = Git(repository, "rev-parse", "--short=12", "HEAD");
        if (head.Length == 0) return "unknown";
        string changes = Git(repository, "status", "--porcelain", "--untracked-files=no", "--", "src", "bench/SslAgent.Continual", "compat", "native");
        return changes.Length == 0 ? head : $"{head}, with changes";
    }

    private static string Field(string file, string name, char separator) =>
        !File.Exists(file)
            ? ""
            : File.ReadLines(file).Where(line => line.StartsWith(name, StringComparison.Ordinal))
                .Select(line => line[(line.IndexOf(separator) + 1)..].Trim(' ', '"')).FirstOrDefault() ?? "";

    private static string Git(string repository, params string[] words)
    {
        try
        {
            using Process? git = Process.Start(new ProcessStartInfo("git", ["-C", repository, .. words]) { RedirectStandardOutput = true, RedirectStandardError = true });
            if (git is null) return "";
            string said = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? said : "";
        }
        catch (Win32Exception)
        {
            return "";
        }
    }
}

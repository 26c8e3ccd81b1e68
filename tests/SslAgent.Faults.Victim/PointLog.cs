using System.Text;

namespace SslAgent.Faults.Victim;

/// <summary>
/// What happened to one state directory, process after process: a text file outside of it, one line an entry, appended with one system call, so that a
/// killed process leaves whole lines. Safe from any thread.
/// </summary>
internal sealed class PointLog : IDisposable
{
    public const string Passed = "passed", Killed = "killed", Stopped = "stopped", Version = "version", RolledBack = "rolled back", Refused = "refused",
        Begun = "begun", Arrived = "arrived", Reached = "goal reached", OrderDone = "order done", Step = "step", ResumePoint = "resume point";

    private readonly FileStream _file;
    private readonly Lock _lock = new();

    public PointLog(string path) => _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    public void Add(string what, string detail = "")
    {
        lock (_lock) _file.Write(Encoding.UTF8.GetBytes($"{what}\t{detail}\n"));
    }

    /// <summary>What earlier processes left; empty where there is no such file.</summary>
    public static IReadOnlyList<(string What, string Detail)> Read(string path)
    {
        if (!File.Exists(path)) return [];
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var entries = new List<(string, string)>();
        while (file.ReadLine() is { } line)
        {
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (tab > 0) entries.Add((line[..tab], line[(tab + 1)..]));
        }

        return entries;
    }

    public void Dispose() => _file.Dispose();
}

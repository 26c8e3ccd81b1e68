using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Checkpoints;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>
/// Reads every stored byte of journal and versions now and then, slowly, and compares it with its sum: damage is found while its repair (another version,
/// the stream itself) is still at hand. Opens the files itself, so that nothing waits for it. One run at a time; the owner disposes it, which ends a run.
/// </summary>
internal sealed class Scrub(
    IDisk disk, StateDirectory directory, VersionStore store, ScrubOptions options, ProblemBoard problems, TimeProvider time, ILogger log) : IDisposable
{
    private const string Topic = "scrub";
    private const int NamedMax = 3;

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task<ScrubSummary?> _run = Task.FromResult<ScrubSummary?>(null);

    // Written by the run, read by anyone.
    private volatile ScrubSummary? _last;

    /// <summary>What the last whole run found, or null before the first.</summary>
    public ScrubSummary? Last => _last;

    /// <summary>Runs once, on a thread of its own. Null where a run is on already, where it was cancelled, or where the disk failed.</summary>
    public Task<ScrubSummary?> RunAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested || !_run.IsCompleted) return Task.FromResult<ScrubSummary?>(null);
            return _run = Task.Factory.StartNew(() => Run(cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    public void Dispose()
    {
        lock (_gate) _stop.Cancel();
        _run.GetAwaiter().GetResult();
        _stop.Dispose();
    }

    private ScrubSummary? Run(CancellationToken cancellation)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
        long began = time.GetTimestamp();
        var slow = new ThrottledDisk(disk, options.BytesPerSecond, time, either.Token);
        try
        {
            List<string> damaged = [.. JournalDamage(slow, either.Token), .. VersionDamage(slow, either.Token)];
            var summary = new ScrubSummary(time.GetUtcNow(), time.GetElapsedTime(began), slow.BytesRead, damaged);
            _last = summary;
            Tell(summary);
            return summary;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (IOException fault)
        {
            // Policy: a check that could not be made says so and is made again at its time; what it was to protect is not touched.
            problems.Set(Topic, $"the stored bytes could not be checked: {fault.Message}");
            HeadLog.ScrubFailed(log, fault.Message);
            return null;
        }
    }

    private IEnumerable<string> JournalDamage(ThrottledDisk slow, CancellationToken cancellation)
    {
        Replay.VerifyReport found = ReplayVerify.Run(slow, directory.Journal, cancellation);
        // A segment may have been retired while it was read.
        return found.Damaged.Where(range => disk.FileExists(range.Path)).Select(range => range.ToString());
    }

    private IEnumerable<string> VersionDamage(ThrottledDisk slow, CancellationToken cancellation)
    {
        VersionStore reading = VersionStore.Open(slow, directory.Versions, StoreAccess.ReadOnly, time, NullLogger.Instance);
        HashSet<ModelVersion> listed = [.. store.List().Select(manifest => manifest.Version)];
        IEnumerable<ModelVersion> unlisted = reading.Findings.Where(finding => finding.Version is not null).Select(finding => finding.Version!.Value);
        foreach (ModelVersion version in listed.Union(unlisted).Order())
        {
            if (Verify(reading, version, cancellation) is not { IsSound: false }) continue;
            // Retention may have taken it, or its moments, meanwhile: then the second look finds it gone or whole.
            if (listed.Contains(version) && store.Find(version) is null) continue;
            if (Verify(reading, version, cancellation) is not { IsSound: false } damage) continue;
            yield return $"version {version}: {string.Join("; ", damage.Damages.Select(file => $"{file.File}: {file.Detail}"))}";
        }
    }

    private static Checkpoints.VerifyReport? Verify(VersionStore reading, ModelVersion version, CancellationToken cancellation)
    {
        try
        {
            return reading.Verify(version, cancellation);
        }
        catch (UnknownVersionException)
        {
            return null;
        }
    }

    private void Tell(ScrubSummary summary)
    {
        HeadLog.Scrubbed(log, summary.Bytes, summary.Took.TotalSeconds, summary.Damaged.Count);
        if (summary.Damaged.Count == 0)
        {
            problems.Clear(Topic);
            return;
        }

        foreach (string place in summary.Damaged) HeadLog.ScrubFound(log, place);
        string named = string.Join("; ", summary.Damaged.Take(NamedMax)), more = summary.Damaged.Count > NamedMax ? $" and {summary.Damaged.Count - NamedMax} more" : "";
        problems.Set(Topic, $"the background check found damage: {named}{more}; sslagent replay verify and sslagent checkpoints verify name all of it");
    }
}

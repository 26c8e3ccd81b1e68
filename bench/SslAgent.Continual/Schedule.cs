using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using SslAgent.Continual.Runs;
using SslAgent.Continual.Streams;

namespace SslAgent.Continual;

/// <summary>
/// Does the runs that are not done yet: with one job in this process, with several in processes of their own, since libtorch's generator is the process's. Runs that would
/// be the same are done once.
/// </summary>
internal sealed class Schedule(IReadOnlyList<RunKey> keys, Func<RunKey, BenchSetting> settings, RunStore store, TimeProvider time, Action<string> say)
{
    private readonly Lock _lock = new();
    private long _began;
    private int _done;

    /// <summary>The digest of a run's configuration.</summary>
    public string Digest(RunKey key) => RunSetting.Digest(StreamCatalog.Find(key.Stream), Methods.Find(key.Method), key, settings(key));

    public bool IsDone(RunKey key) => store.Find(key)?.Configuration == Digest(key);

    /// <summary>True where all came to their end.</summary>
    public bool Run(int jobs, Func<RunKey, RunRecord> here, Func<RunKey, ProcessStartInfo> worker)
    {
        RunKey[][] twins = [.. keys.Where(key => !IsDone(key)).GroupBy(Digest).Select(group => group.ToArray()).Where(group => !IsBorrowed(group))];
        say($"{keys.Count} runs, {keys.Count - twins.Sum(group => group.Length)} done before, {twins.Length} to do");
        _began = time.GetTimestamp();
        var failed = new ConcurrentBag<RunKey>();
        var queue = new ConcurrentQueue<RunKey[]>(twins);
        void Work()
        {
            while (queue.TryDequeue(out RunKey[]? group))
            {
                if (jobs == 1) store.Save(here(group[0]));
                else if (!InProcess(worker(group[0]))) failed.Add(group[0]);
                Finished(group, twins.Length);
            }
        }

        if (jobs == 1) Work();
        else Task.WaitAll([.. Enumerable.Range(0, jobs).Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))]);
        return failed.IsEmpty;
    }

    /// <summary>What another method of the same configuration has done already is taken over.</summary>
    private bool IsBorrowed(RunKey[] group)
    {
        RunRecord? twin = keys.Where(key => !group.Contains(key) && (key.Stream, key.Seed) == (group[0].Stream, group[0].Seed) && Digest(key) == Digest(group[0]))
            .Select(store.Find).FirstOrDefault(record => record is not null && record.Configuration == Digest(group[0]));
        if (twin is null) return false;
        foreach (RunKey key in group) SaveAs(key, twin);
        return true;
    }

    private void SaveAs(RunKey key, RunRecord twin) => store.Save(twin with { Method = key.Method, Share = key.Share, SameAs = twin.SameAs ?? twin.Method });

    private void Finished(RunKey[] group, int all)
    {
        lock (_lock)
        {
            _done++;
            RunRecord? record = IsDone(group[0]) ? store.Find(group[0]) : null;
            foreach (RunKey twin in group.Skip(1)) if (record is not null) SaveAs(twin, record);
            TimeSpan spent = time.GetElapsedTime(_began), left = spent / _done * (all - _done);
            string what = record is null
                ? "failed"
                : string.Create(CultureInfo.InvariantCulture, $"{record.Steps} steps in {record.TrainSeconds:F0} s, {record.Seconds:F0} s in all");
            say($"[{_done}/{all}] {group[0]}: {what}; {Words(left)} left");
        }
    }

    private static string Words(TimeSpan left) => left < TimeSpan.FromMinutes(2) ? $"about {left.TotalSeconds:F0} s" : $"about {left.TotalMinutes:F0} min";

    private static bool InProcess(ProcessStartInfo worker)
    {
        using Process process = Domain.Check.NotNull(Process.Start(worker), "a worker starts");
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

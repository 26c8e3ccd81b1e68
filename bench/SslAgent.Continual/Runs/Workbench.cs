using SslAgent.Continual.Reports;
using SslAgent.Continual.Streams;

namespace SslAgent.Continual.Runs;

/// <summary>Carries out runs in this process, one after the other; keeps the stream and the held-out samples of the last one at hand.</summary>
internal sealed class Workbench(DataFolders folders, BenchSetting bench, TimeProvider time)
{
    private (StreamSpec Spec, StreamData Data)? _loaded;
    private (string Stream, int Seed, HeldOut HeldOut)? _heldOut;

    public RunRecord Run(RunKey key)
    {
        StreamSpec named = StreamCatalog.Find(key.Stream);
        Method method = Methods.Find(key.Method);
        (StreamSpec spec, StreamData data) = Load(named);
        HeldOut heldOut = Prepare(spec, data, key.Seed);
        RunSetting setting = RunSetting.Of(spec, method, key, bench, heldOut.Trainable);
        var run = new ContinualRun(spec, data, heldOut, method, key, setting, bench.Steps(spec, heldOut.Cycles), time);
        return run.Execute(RunSetting.Digest(named, method, key, bench)) with { Commit = MachineFacts.Commit(Places.Repository), Machine = MachineFacts.Machine };
    }

    private (StreamSpec Spec, StreamData Data) Load(StreamSpec named)
    {
        if (_loaded is { } loaded && loaded.Spec.Name == named.Name) return loaded;
        if (named.Lacks(folders) is { } lack) throw new UsageException($"{named.Name}: {lack}");
        StreamData all = named.Load(folders), data = all.Thinned(bench.ItemsMax);
        (StreamSpec, StreamData) fresh = (BenchSetting.Scaled(named, data.Items.Count / (double)all.Items.Count), data);
        _loaded = fresh;
        return fresh;
    }

    private HeldOut Prepare(StreamSpec spec, StreamData data, int seed)
    {
        if (_heldOut is { } kept && (kept.Stream, kept.Seed) == (spec.Name, seed)) return kept.HeldOut;
        var heldOut = HeldOut.Of(spec, data, seed, BenchSetting.VocabularySize, time);
        _heldOut = (spec.Name, seed, heldOut);
        return heldOut;
    }
}

using System.Diagnostics;
using System.Globalization;
using SslAgent.Learning.Options;

namespace SslAgent.Objectives;

/// <summary>Methods on their grounds, with a file for each that is done.</summary>
/// <param name="runs">Where those files are.</param>
/// <param name="peer">The peer's script.</param>
internal sealed class Bench(DataPlace data, Budget budget, string runs, string peer, string commit, TimeProvider time)
{
    /// <summary>Whether what it learns from is here at all.</summary>
    public bool HasDataOf(Method method) => Directory.Exists(method.Ground.Folder(data));

    public bool IsDone(Method method) => Find(method) is not null;

    /// <summary>Trains and measures it in this process.</summary>
    public MethodRecord RunHere(Method method)
    {
        Material material = method.Ground.Load(data, budget);
        IReadOnlyList<Mark> marks = new MethodRun(method, material, budget, new PeerPlace(peer, data.Pictures), time).Run();
        using Process own = Process.GetCurrentProcess();
        var record = new MethodRecord(method.Id, ConfigurationOf(method), commit, material.Count, material.Task.Test.Count, own.PeakWorkingSet64, marks);
        record.Save(runs);
        return record;
    }

    /// <summary>Writes the page of all that is done; gives its path.</summary>
    public string Report(string folder)
    {
        MethodRecord[] records = [.. Method.All.Select(Find).OfType<MethodRecord>()];
        return new ResultsPage(records, Path.GetFileName(data.Pictures), budget, time.GetUtcNow()).Write(folder);
    }

    private MethodRecord? Find(Method method) => MethodRecord.Find(runs, method) is { } record && record.Configuration == ConfigurationOf(method) ? record : null;

    private string ConfigurationOf(Method method) =>
        string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(method.Ground.Folder(data))} {budget} {method.Ground.Model} {method.Ground.Spacing} {new LearningOptions().LearningRate}");
}

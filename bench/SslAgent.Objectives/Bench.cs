using System.Diagnostics;
using System.Globalization;
using SslAgent.Learning.Options;

namespace SslAgent.Objectives;

/// <summary>Methods on one set of pictures, with a file for each that is done.</summary>
/// <param name="peer">The peer's script.</param>
internal sealed class Bench(string data, Budget budget, string runs, string peer, string commit, TimeProvider time)
{
    private string Configuration { get; } = string.Create(CultureInfo.InvariantCulture, $"{data} {budget} {MethodRun.Model} {new LearningOptions().LearningRate}");

    public bool IsDone(string method) => MethodRecord.Find(runs, method)?.Configuration == Configuration;

    /// <summary>Trains and measures it in this process.</summary>
    public MethodRecord RunHere(string method)
    {
        Pictures pictures = Pictures.Load(data, MethodRun.Side, budget);
        IReadOnlyList<Mark> marks = new MethodRun(pictures, budget, new PeerPlace(peer, data), time).Run(method);
        using Process own = Process.GetCurrentProcess();
        var record = new MethodRecord(method, Configuration, commit, pictures.Train.Count, pictures.Test.Count, own.PeakWorkingSet64, marks);
        record.Save(runs);
        return record;
    }

    /// <summary>Writes the page of all that is done; gives its path.</summary>
    public string Report(string folder) => ResultsPage.Write(
        folder, Path.GetFileName(data), budget, [.. MethodRun.All.Select(method => MethodRecord.Find(runs, method)).OfType<MethodRecord>().Where(record => record.Configuration == Configuration)],
        time.GetUtcNow());
}

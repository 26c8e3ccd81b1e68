using System.Diagnostics;
using System.Globalization;

namespace SslAgent.Objectives;

/// <summary>Methods on their grounds, with a file for each that is done.</summary>
/// <param name="runs">Where those files are.</param>
/// <param name="peer">The peer's script.</param>
internal sealed class Bench(DataPlace data, Budget budget, string runs, string peer, Beginning beginning, string commit, TimeProvider time)
{
    private readonly Dictionary<string, Material> _materials = new(StringComparer.Ordinal);

    /// <summary>Whether what it learns from is here at all.</summary>
    public bool HasDataOf(Method method) => Directory.Exists(method.Ground.Folder(data));

    public bool IsDone(Method method) => Find(method) is not null;

    /// <summary>Trains and measures it in this process.</summary>
    /// <param name="isAlone">Whether the process does nothing else: only then does its memory say something of the method.</param>
    public MethodRecord RunHere(Method method, bool isAlone)
    {
        Material material = MaterialOf(method.Ground);
        IReadOnlyList<Mark> marks = new MethodRun(method, material, budget, BeginningOf(method), new PeerPlace(peer, data.Pictures), time).Run();
        using Process own = Process.GetCurrentProcess();
        var record = new MethodRecord(method.Id, ConfigurationOf(method), commit, material.Count, material.Task.Test.Count, isAlone ? own.PeakWorkingSet64 : null, marks);
        record.Save(FileOf(method));
        return record;
    }

    /// <summary>Writes the page of all that is done; gives its path.</summary>
    public string Report(string folder)
    {
        MethodRecord[] records = [.. Method.All.Select(Find).OfType<MethodRecord>()];
        return new ResultsPage(records, SetOf(Method.All[0]), budget, beginning, time.GetUtcNow()).Write(folder);
    }

    private Material MaterialOf(Ground ground)
    {
        if (!_materials.TryGetValue(ground.Name, out Material? material)) _materials.Add(ground.Name, material = ground.Load(data, budget));
        return material;
    }

    private MethodRecord? Find(Method method) => MethodRecord.Find(FileOf(method)) is { } record && record.Configuration == ConfigurationOf(method) ? record : null;

    /// <summary>By what it learned from: runs on several sets of pictures stand side by side.</summary>
    private string FileOf(Method method) => Path.Combine(runs, $"{SetOf(method)}.{method.Id.Replace('/', '.')}.json");

    private string SetOf(Method method) => Path.GetFileName(Path.TrimEndingDirectorySeparator(method.Ground.Folder(data)));

    private string ConfigurationOf(Method method)
    {
        Beginning own = BeginningOf(method);
        return string.Create(CultureInfo.InvariantCulture, $"{SetOf(method)} {budget} {method.Ground.Model} {method.Ground.Says} {method.Ground.Spacing} {own.Rate}{(own.Seed == 1 ? "" : $" {own.Seed}")}");
    }

    private Beginning BeginningOf(Method method) => beginning with { Seed = beginning.Seed + method.Again };
}

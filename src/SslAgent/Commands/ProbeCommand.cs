using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SslAgent.Checkpoints;
using SslAgent.Commands.Embedding;
using SslAgent.Commands.Versions;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Ingest.Datasets;
using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Native;
using SslAgent.Probing;

namespace SslAgent.Commands;

/// <summary><c>sslagent probe</c>: what a version is worth, measured on labelled data that it never learns from.</summary>
internal static class ProbeCommand
{
    private static readonly int[] UsualShots = [1, 5, 10, 100];

    public static CommandEntry Build()
    {
        Command command = new("probe", "Measures a version on labelled data: linear probe, neighbours, retrieval, clusters, few labels, fine-tuning");
        Settings settings = Settings.AddTo(command);
        Argument<string> data = new("PATH") { Description = "A folder with a folder a class, a list (file TAB label), CIFAR .bin or MNIST idx files; with --model text: lines of label TAB text" };
        Option<string?> test = new("--test") { Description = "The same for the test; without it the format's own test set, or a fifth of the data", HelpName = "PATH" };
        Option<string> version = new("--version") { Description = "v41, HEAD or SERVING", HelpName = "VERSION", DefaultValueFactory = _ => "SERVING" };
        Option<string> model = new Option<string>("--model", "-m") { Description = "Which vectors", HelpName = "frames|text|joint", DefaultValueFactory = _ => EmbeddingSpaces.Frames }
            .AcceptOnlyFromAmong(EmbeddingSpaces.Text, EmbeddingSpaces.Frames, EmbeddingSpaces.Joint);
        Option<int[]> shots = new("--shots") { Description = "Labels of each class, for the few-shot curve; without it 1 5 10 100", HelpName = "N", AllowMultipleArgumentsPerToken = true };
        Option<int> tune = new("--fine-tune") { Description = "Steps of training the whole network with labels, from the version and from scratch; 0 leaves it out", HelpName = "STEPS", DefaultValueFactory = _ => 100 };
        Option<string?> json = new("--json") { Description = "Writes the figures there", HelpName = "FILE" };
        Option<string?> picture = new("--picture") { Description = "Writes the few-shot curve there, as PNG", HelpName = "FILE" };
        command.Arguments.Add(data);
        foreach (Option option in (Option[])[test, version, model, shots, tune, json, picture]) command.Options.Add(option);
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                AgentSettings loaded = settings.LoadSections(parsed, "agent", "ingest", "learning");
                EmbeddingSpace space = EmbeddingSpaces.Read(parsed.GetValue(model));
                ProbeQuestions questions = new(parsed.GetValue(shots) is { Length: > 0 } some ? some : UsualShots, Draws: 5, parsed.GetValue(tune), Seed: (ulong)loaded.Agent.Seed);
                VersionChoice choice = VersionChoice.Read(parsed.GetRequiredValue(version)) ?? throw new CommandException(ExitCode.Usage, $"'{parsed.GetValue(version)}' is no version: write v41, HEAD or SERVING");
                VersionStore store = StoreOpening.OpenToRead(loaded, parsed);
                ProbeResult result = Sit(loaded, parsed.GetRequiredValue(data), parsed.GetValue(test), space, questions, store, choice.In(store), parsed.InvocationConfiguration.Error, cancellation);
                ProbeTable.Write(parsed.InvocationConfiguration.Output, result);
                if (parsed.GetValue(json) is { } file) File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(result, ProbeJson.Default.ProbeResult));
                if (parsed.GetValue(picture) is { } png) File.WriteAllBytes(png, new VipsFrameCodec(loaded.Ingest.Frames).EncodePng(ProbeTable.Draw(result).ToFrame()));
                return ExitCode.Ok;
            },
            cancellation));
        return new CommandEntry(
            CommandGroup.Versions, command,
            new Example("probe ./labelled --state ./state", "what is served now, on a folder with a folder a class"),
            new Example("probe cifar10/ --version v12 --fine-tune 0 --json v12.json", "figures of one version, without training any network"),
            new Example("probe templates.tsv --model text", "log lines: label TAB text"));
    }

    private static ProbeResult Sit(
        AgentSettings settings, string data, string? test, EmbeddingSpace space, ProbeQuestions questions, VersionStore store, ModelVersion version, TextWriter progress, CancellationToken cancellation)
    {
        try
        {
            Labelled train = Read(settings, data, space);
            Labelled asked;
            if (test is not null) asked = Read(settings, test, space).Under(train);
            else if (space != EmbeddingSpace.Text && PictureSets.OpenTest(data) is { } own) asked = Labelled.OfPictures(own, settings.Ingest.Frames).Under(train);
            else (train, asked) = train.Split(questions.Seed);
            if (train.Classes.Count < 2 || asked.Count == 0)
            {
                throw new CommandException(
                    ExitCode.Usage,
                    string.Create(CultureInfo.InvariantCulture, $"{data} has {train.Count} labelled items of {train.Classes.Count} classes and {asked.Count} to test: at least two classes and one test item are needed ({train.Refused} have no label or cannot be read)"));
            }

            using IStoredModel stored = store.Open(version);
            string device = settings.Learning.Device == "auto" ? "cpu" : settings.Learning.Device;
            return new ProbeExam(train, asked, space, questions, progress.WriteLine).Sit(stored, device, cancellation);
        }
        catch (Exception wrong) when (wrong is IOException or FormatException or NoSuchVectorsException)
        {
            throw new CommandException(ExitCode.Failed, wrong.Message);
        }
        catch (NativeLibraryException missing)
        {
            throw new CommandException(ExitCode.Environment, missing.Message);
        }
    }

    private static Labelled Read(AgentSettings settings, string path, EmbeddingSpace space)
    {
        if (space == EmbeddingSpace.Text) return Labelled.OfLines(path, settings.Ingest.Text);
        return PictureSets.Open(path) is { } set ? Labelled.OfPictures(set, settings.Ingest.Frames) : throw new FormatException($"{path} is no set of pictures; for text, --model text");
    }
}

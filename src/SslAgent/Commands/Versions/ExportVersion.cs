using System.CommandLine;
using SslAgent.Checkpoints;
using SslAgent.Domain;

namespace SslAgent.Commands.Versions;

/// <summary><c>sslagent checkpoints export VERSION DIR</c>: the files that another program needs to use the encoders.</summary>
internal static class ExportVersion
{
    public static Command Build()
    {
        Command command = new("export", "Copies a version's weights, description and tokenizer, checked, for another program to use (docs/python/load.py)");
        Settings settings = Settings.AddTo(command);
        Option<string> format = CommonOptions.Output();
        Argument<VersionChoice> which = VersionChoice.Argument();
        Argument<DirectoryInfo> to = new("DIR") { Description = "A directory that is empty, or not there yet" };
        command.Arguments.Add(which);
        command.Arguments.Add(to);
        command.Options.Add(format);
        command.SetAction((parsed, cancellation) =>
        {
            VersionStore store = StoreOpening.OpenToRead(settings, parsed);
            ModelVersion version = parsed.GetValue(which).In(store);
            string directory = parsed.GetRequiredValue(to).FullName;
            ExportAnswer answer = new(version, directory, store.Export(version, directory, cancellation));
            Answer.Print(parsed, format, answer, VersionsJson.Default.ExportAnswer, output =>
                output.WriteLine($"{version} → {directory}: {string.Join(", ", answer.Files)}"));
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }
}

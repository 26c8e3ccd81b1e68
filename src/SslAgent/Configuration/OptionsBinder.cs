using System.Collections;
using System.Runtime.CompilerServices;

namespace SslAgent.Configuration;

/// <summary>
/// Builds options records from layered values and collects every fault on the way: unknown keys (with the key that was probably meant),
/// values of the wrong type, missing required ones. The framework's binder stops at the first and ignores <c>required</c>
/// (docs/decisions/0010-own-binder.md).
/// </summary>
internal sealed class OptionsBinder(LayeredValues values, ICollection<ConfigurationFault> faults)
{
    public T Bind<T>() where T : class => (T)BindRecord(typeof(T), "");

    private object BindRecord(Type record, string path)
    {
        IReadOnlyList<OptionShape> shapes = OptionShape.Of(record);
        object options = Activator.CreateInstance(record, nonPublic: true)!;
        RefuseUnknown(shapes, path);
        foreach (OptionShape shape in shapes)
        {
            string at = Keys.Join(path, shape.Key);
            switch (shape.Kind)
            {
                case OptionKind.Value: SetValue(shape, at, options); break;
                case OptionKind.List: SetList(shape, at, options); break;
                case OptionKind.Dictionary: SetDictionary(shape, at, options); break;
                case OptionKind.SectionList: SetSectionList(shape, at, options); break;
                default: SetSection(shape, at, options); break;
            }
        }

        return options;
    }

    private void RefuseUnknown(IReadOnlyList<OptionShape> shapes, string path)
    {
        foreach ((string key, LayerEntry entry) in values.Children(path))
        {
            if (shapes.Any(shape => string.Equals(shape.Key, key, StringComparison.OrdinalIgnoreCase))) continue;
            string? meant = Keys.Nearest(key, shapes.Select(shape => shape.Key));
            string what = path.Length == 0 ? "section" : "option";
            string known = string.Join(", ", shapes.Select(shape => shape.Key));
            faults.Add(new ConfigurationFault(
                Keys.Join(path, key), null, entry.Origin,
                meant is null ? $"no such {what}; known here: {known}" : $"no such {what}; did you mean {Keys.Join(path, meant)}?"));
        }
    }

    private void SetValue(OptionShape shape, string path, object options)
    {
        LayerEntry? entry = values.Value(path);
        if (entry is null)
        {
            if (values.Children(path).Count > 0) faults.Add(new ConfigurationFault(path, null, values.Children(path).First().Value.Origin, "is one value, not a section or list"));
            else if (shape.Property.IsDefined(typeof(RequiredMemberAttribute), inherit: true)) faults.Add(new ConfigurationFault(path, null, null, "is required and was not given"));
            return;
        }

        (object? value, string? complaint) = ValueReader.Read(entry.Text, shape.ItemType, shape.MayBeNull);
        if (complaint is not null) faults.Add(new ConfigurationFault(path, entry.Text ?? "null", entry.Origin, complaint));
        else shape.Property.SetValue(options, value);
    }

    private void SetList(OptionShape shape, string path, object options)
    {
        if (values.List(path) is not { } entries) return;
        IList list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(shape.ItemType))!;
        foreach (LayerEntry entry in entries)
            if (TryRead(entry, shape, path, out object? item)) list.Add(item);
        SetItems(shape, list, options);
    }

    private void SetSectionList(OptionShape shape, string path, object options)
    {
        if (values.LastOf(path) is not { } only) return;
        IList list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(shape.ItemType))!;
        OptionsBinder items = new(only, faults);
        foreach (string index in only.Children(path).Keys.OrderBy(LayeredValues.Index)) list.Add(items.BindRecord(shape.ItemType, Keys.Join(path, index)));
        if (list.Count == 0 && only.Value(path) is { Text.Length: > 0 } wrong) faults.Add(new ConfigurationFault(path, wrong.Text, wrong.Origin, "is a list of sections: [ { … }, … ] is expected"));
        SetItems(shape, list, options);
    }

    private static void SetItems(OptionShape shape, IList list, object options)
    {
        object whole = list;
        if (shape.Property.PropertyType.IsArray)
        {
            Array array = Array.CreateInstance(shape.ItemType, list.Count);
            list.CopyTo(array, 0);
            whole = array;
        }

        shape.Property.SetValue(options, whole);
    }

    private void SetDictionary(OptionShape shape, string path, object options)
    {
        if (values.Dictionary(path) is not { } entries) return;
        IDictionary dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), shape.ItemType))!;
        foreach ((string key, LayerEntry entry) in entries)
            if (TryRead(entry, shape, Keys.Join(path, key), out object? item)) dictionary[key] = item;
        shape.Property.SetValue(options, dictionary);
    }

    private void SetSection(OptionShape shape, string path, object options)
    {
        LayerEntry? entry = values.Value(path);
        if (entry is not null && !(entry.Text is null && shape.MayBeNull)) faults.Add(new ConfigurationFault(path, entry.Text, entry.Origin, "is a section: { … } is expected"));
        bool isGiven = values.Children(path).Count > 0;
        if (isGiven || !shape.MayBeNull) shape.Property.SetValue(options, BindRecord(shape.ItemType, path));
    }

    private bool TryRead(LayerEntry entry, OptionShape shape, string path, out object? item)
    {
        (item, string? complaint) = ValueReader.Read(entry.Text, shape.ItemType, mayBeNull: false);
        if (complaint is not null) faults.Add(new ConfigurationFault(path, entry.Text ?? "null", entry.Origin, complaint));
        return complaint is null;
    }
}

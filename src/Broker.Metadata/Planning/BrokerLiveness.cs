using Broker.Model;

namespace Broker.Metadata;

/// <summary>
/// What the metadata leader knows of who is alive, and which records follow from it. Not shared between threads: its
/// owner is whoever runs the controller. Times are readings of one monotonic clock.
/// </summary>
public sealed class BrokerLiveness
{
    private readonly TimeSpan _timeout;
    private readonly SortedDictionary<BrokerId, Contact> _contacts = [];

    /// <param name="timeout">Silence of this length fences a broker.</param>
    public BrokerLiveness(TimeSpan timeout) => _timeout = timeout;

    /// <summary>A new leader has heard nobody yet: everyone that is alive by the image gets a whole timeout.</summary>
    public void Restart(ClusterImage image, TimeSpan now)
    {
        _contacts.Clear();
        foreach (BrokerRegistration broker in image.Brokers.Values.Where(broker => broker.IsAlive))
        {
            _contacts.Add(broker.Id, new Contact(broker.Process, now, false));
        }
    }

    public void Heard(BrokerId broker, ProcessIncarnation process, TimeSpan now) =>
        _contacts[broker] = new Contact(process, now, false);

    /// <summary>The process is known to be gone, or said that it is leaving.</summary>
    public void Gone(BrokerId broker, ProcessIncarnation process)
    {
        if (_contacts.TryGetValue(broker, out Contact contact) && contact.Process == process)
        {
            _contacts[broker] = contact with { Gone = true };
        }
    }

    /// <summary>Fences who is silent or gone and takes back who is heard again; in the order of ids.</summary>
    public IReadOnlyList<MetadataRecord> Decide(ClusterImage image, TimeSpan now)
    {
        List<MetadataRecord> records = [];
        foreach (BrokerRegistration broker in image.Brokers.Values)
        {
            bool alive = IsAlive(broker, now);
            if (alive && broker.Fenced)
            {
                records.Add(new BrokerUnfenced(broker.Id, broker.Process));
            }
            else if (!alive && broker.IsAlive)
            {
                records.Add(new BrokerFenced(broker.Id, broker.Process));
            }
        }

        return records;
    }

    private bool IsAlive(BrokerRegistration broker, TimeSpan now)
    {
        if (!_contacts.TryGetValue(broker.Id, out Contact contact) || contact.Process != broker.Process)
        {
            // Registered since, by a process not heard yet: its timeout begins now.
            if (broker.IsAlive)
            {
                _contacts[broker.Id] = new Contact(broker.Process, now, false);
            }

            return broker.IsAlive;
        }

        return !contact.Gone && now - contact.Last < _timeout;
    }

    private readonly record struct Contact(ProcessIncarnation Process, TimeSpan Last, bool Gone);
}

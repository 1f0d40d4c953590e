-- How the words of tickets, people and organisations are kept: by the database, in the transaction that changes what they
-- are made of, whoever changes it and how. docs/decisions/0022-search.md says why it is so.

-- --- words of a text --------------------------------------------------------------------------------------------------

-- Lower case, without accents and punctuation. Chinese, Japanese, Thai and Lao, which write no spaces, become pairs of
-- letters that overlap: 门锁坏 is written as 门锁 锁坏 坏.
create function search_plain(written text) returns text language plpgsql immutable strict parallel safe as $$
declare
    unspaced constant text := '[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]';
    plain text := written;
begin
    if octet_length(plain) <> length(plain) then
        plain := unaccent(normalize(plain, nfkc));
    end if;
    plain := regexp_replace(lower(plain), '[!-/:-@\[-`{-~]+', ' ', 'g');
    if octet_length(plain) <> length(plain) and plain ~ unspaced then
        select string_agg(
                case when letter !~ unspaced then letter
                     when next ~ unspaced then ' ' || letter || next || ' '
                     else ' ' || letter || ' ' end,
                '' order by place)
            into plain
            from (select letter, place, lead(letter) over (order by place) as next
                  from regexp_split_to_table(plain, '') with ordinality as split (letter, place)) as letters;
    end if;
    return plain;
end $$;

-- What is also found as one word, however it is divided: serial numbers, and telephone numbers, these backwards behind a þ
-- too, since numbers of one line differ at the beginning (+31 6 …, 06 …).
create function search_codes(written text) returns text language plpgsql immutable strict parallel safe as $$
declare
    found text;
    codes text := '';
begin
    for found in select matches[1] from regexp_matches(lower(written), '[0-9a-z]+(?:[-./_][0-9a-z]+)+', 'g') as matches loop
        if found ~ '[0-9]' and length(found) between 4 and 40 then
            codes := codes || ' ' || translate(found, '-./_', '');
        end if;
    end loop;
    for found in select matches[1] from regexp_matches(written, '[+(]?[0-9][0-9 ()./-]{5,24}[0-9]', 'g') as matches loop
        if found !~ '^(?:(?:19|20)[0-9]{2}[-./]|[0-9]+(?:\.[0-9]+){3}$)' then
            found := translate(found, '+ ()./-', '');
            if length(found) between 7 and 15 then
                codes := codes || ' ' || found || ' þ' || reverse(found);
            end if;
        end if;
    end loop;
    return codes;
end $$;

create function search_words(written text) returns tsvector language plpgsql immutable strict parallel safe as $$
begin
    return case when written = '' then ''::tsvector
        when written ~ '[0-9]{2}' then to_tsvector('pg_catalog.simple', search_plain(written) || search_codes(written))
        else to_tsvector('pg_catalog.simple', search_plain(written)) end;
end $$;

create aggregate search_joined(tsvector) (sfunc = tsvector_concat, stype = tsvector, initcond = '');

-- --- words that are known, for those who mistype them ------------------------------------------------------------------

-- Numbers that a word shares with all words that differ from it by one letter: of itself, and of it without each letter.
create function search_near(word text) returns integer[] language plpgsql immutable strict parallel safe as $$
declare
    near integer[] := array[('x' || left(md5(word), 8))::bit(32)::integer];
begin
    for place in 1 .. length(word) loop
        near := near || ('x' || left(md5(overlay(word placing '' from place for 1)), 8))::bit(32)::integer;
    end loop;
    return near;
end $$;

create function search_learn(words tsvector) returns void language plpgsql as $$
begin
    insert into search_knownword (word, near)
    select lexeme, search_near(lexeme)
    from unnest(tsvector_to_array(words)) as lexeme
    where length(lexeme) between 4 and 24 and lexeme ~ '^[[:alpha:]]+$' and lexeme !~ '^þ'
        and not exists (select from search_knownword as known where known.word = lexeme);
end $$;

-- --- tickets ----------------------------------------------------------------------------------------------------------

create function search_head(target bigint) returns tsvector language plpgsql stable as $$
begin
    return (select setweight(search_words(ticket.subject), 'A')
        || setweight(search_words(concat_ws(' ', person.name, organisation.name)), 'D')
    from tickets_ticket as ticket
    join people_person as person on person.id = ticket.person_id
    left join people_organisation as organisation on organisation.id = ticket.organisation_id
    where ticket.id = target);
end $$;

-- What a message adds to its ticket; of a very long text in pieces. Automatic answers say the same on every ticket. Only what
-- a customer wrote or was sent may be found by one (B, D): any other kind of message is for colleagues (C).
create function search_pieces(message tickets_message, out place integer, out size integer, out words tsvector)
    returns setof record language plpgsql stable as $$
declare
    weight "char" := case when message.kind in ('inbound', 'reply') then 'B' else 'C' end;
    aside "char" := case when message.kind in ('inbound', 'reply') then 'D' else 'C' end;
begin
    if message.kind = 'acknowledgement' then
        return;
    end if;
    words := setweight(search_words(message.sender_name || ' ' || message.sender_address), aside)
        || setweight(search_words(left(message.quoted, 4000)), aside);
    if message.came_to_id is not null then
        words := words || setweight(search_words(message.subject), weight);
    end if;
    for number in 0 .. greatest(length(message.text) - 1, 0) / 40000 loop
        place := number;
        size := length(substr(message.text, number * 40000 + 1, 40000));
        words := words || setweight(search_words(substr(message.text, number * 40000 + 1, 40000)), weight);
        return next;
        words := '';
    end loop;
end $$;

-- The name of a file, and a word that nobody can type, by which `has:file` finds its ticket.
create function search_file(attachment tickets_attachment) returns tsvector language plpgsql stable as $$
begin
    return (select setweight(
        search_words(attachment.filename) || to_tsvector('pg_catalog.simple', 'þfile'),
        case when message.kind in ('inbound', 'reply', 'acknowledgement') then 'D' else 'C' end::"char")
    from tickets_message as message
    where message.id = attachment.message_id and not attachment.is_inline);
end $$;

-- One after the other: who adds to the words of a ticket, or makes them anew, sees what the one before has committed.
create function search_hold(target bigint) returns void language plpgsql as $$
begin
    perform from tickets_ticket where id = target for no key update;
end $$;

create function search_append(target bigint, addition tsvector, amount integer) returns void language plpgsql as $$
declare
    last record;
    head tsvector;
begin
    select id, part, size into last from search_ticketwords where ticket_id = target order by part desc limit 1;
    if found and last.size + amount <= 60000 then
        update search_ticketwords set words = words || addition, size = size + amount where id = last.id;
    else
        head := search_head(target);
        insert into search_ticketwords (ticket_id, part, size, words)
        values (target, coalesce(last.part + 1, 0), amount, head || addition);
        perform search_learn(head);
    end if;
    perform search_learn(addition);
end $$;

-- What messages and files, none of them very long, add to a ticket.
create function search_joined_of(messages bigint[], files bigint[]) returns tsvector language plpgsql stable as $$
begin
    return (select search_joined(words order by kind, id, place) from (
        select 1 as kind, message.id, pieces.place, pieces.words
        from tickets_message as message, search_pieces(message) as pieces where message.id = any (messages)
        union all
        select 2, attachment.id, 0, search_file(attachment)
        from tickets_attachment as attachment where attachment.id = any (files)) as added
        where words is not null);
end $$;

create function search_add(target bigint, messages bigint[], files bigint[]) returns void language plpgsql as $$
declare
    amount bigint;
    joined tsvector;
    piece record;
begin
    perform search_hold(target);
    select coalesce(sum(length(text)), 0) into amount from tickets_message
        where id = any (messages) and kind <> 'acknowledgement';
    if amount > 40000 then
        for piece in select pieces.* from tickets_message as message, search_pieces(message) as pieces
            where message.id = any (messages) order by message.id, pieces.place
        loop
            perform search_append(target, piece.words, piece.size);
        end loop;
        messages := '{}';
        amount := 0;
    end if;
    joined := search_joined_of(messages, files);
    if joined is not null and joined <> '' then
        perform search_append(target, joined, amount::integer);
    end if;
end $$;

-- All words of a ticket anew.
create function search_again(target bigint) returns void language plpgsql as $$
begin
    perform search_hold(target);
    delete from search_ticketwords where ticket_id = target;
    if exists (select from tickets_ticket where id = target) then
        perform search_add(
            target,
            array(select id from tickets_message where ticket_id = target order by id),
            array(select attachment.id from tickets_attachment as attachment
                  join tickets_message as message on message.id = attachment.message_id
                  where message.ticket_id = target order by attachment.id));
        if not exists (select from search_ticketwords where ticket_id = target) then
            perform search_append(target, '', 0);
        end if;
    end if;
end $$;

-- The same for many tickets at once, whose keys lie between these two: for a rebuild, and for existing desks.
create function search_fill(first bigint, last bigint) returns bigint language plpgsql as $$
declare
    tickets bigint[];
    long_ones bigint[];
begin
    tickets := array(select id from tickets_ticket where id between first and last order by id for no key update);
    long_ones := array(select ticket_id from tickets_message
        where ticket_id = any (tickets) and kind <> 'acknowledgement'
        group by ticket_id having sum(length(text)) > 40000 order by ticket_id);
    delete from search_ticketwords where ticket_id between first and last;
    insert into search_ticketwords (ticket_id, part, size, words)
    select ticket.id, 0,
        (select coalesce(sum(length(text)), 0) from tickets_message where ticket_id = ticket.id and kind <> 'acknowledgement'),
        search_head(ticket.id) || coalesce(search_joined_of(
            array(select id from tickets_message where ticket_id = ticket.id order by id),
            array(select attachment.id from tickets_attachment as attachment
                  join tickets_message as message on message.id = attachment.message_id
                  where message.ticket_id = ticket.id order by attachment.id)), '')
    from tickets_ticket as ticket where ticket.id = any (tickets) and ticket.id <> all (long_ones) order by ticket.id;
    perform search_learn(array_to_tsvector(learnt.words)) from (
        select array_agg(distinct lexeme) as words
        from search_ticketwords as words, unnest(tsvector_to_array(words.words)) as lexeme
        where words.ticket_id = any (tickets) and lexeme ~ '^[[:alpha:]]{4,24}$' and lexeme !~ '^þ') as learnt
        where learnt.words is not null;
    perform search_again(id) from unnest(long_ones) as id;
    return coalesce(array_length(tickets, 1), 0);
end $$;

-- --- people and organisations ---------------------------------------------------------------------------------------------

create function search_person_again(target bigint) returns void language plpgsql as $$
begin
    perform from search_personwords where person_id = target for update;
    insert into search_personwords (person_id, words)
    select person.id,
        setweight(search_words(person.name), 'A')
        || setweight(search_words(coalesce((select string_agg(address, ' ' order by id) from people_identity
                                            where person_id = person.id), '')), 'B')
        || setweight(search_words(coalesce(organisation.name, '')), 'C')
    from people_person as person left join people_organisation as organisation on organisation.id = person.organisation_id
    where person.id = target
    on conflict (person_id) do update set words = excluded.words;
    perform search_learn(search_words(name)) from people_person where id = target;
end $$;

create function search_organisation_again(target bigint) returns void language plpgsql as $$
begin
    insert into search_organisationwords (organisation_id, words)
    select id, setweight(search_words(name), 'A') from people_organisation where id = target
    on conflict (organisation_id) do update set words = excluded.words;
    perform search_learn(search_words(name)) from people_organisation where id = target;
end $$;

-- --- when something changes -----------------------------------------------------------------------------------------------

create function search_tickets_came() returns trigger language plpgsql as $$
begin
    perform search_append(id, '', 0) from fresh order by id;
    return null;
end $$;
create trigger search_came after insert on tickets_ticket referencing new table as fresh
    for each statement execute function search_tickets_came();

create function search_ticket_changed() returns trigger language plpgsql as $$
begin
    perform search_again(new.id);
    return null;
end $$;
create trigger search_changed after update of subject, person_id, organisation_id on tickets_ticket for each row
    when ((old.subject, old.person_id, old.organisation_id) is distinct from (new.subject, new.person_id, new.organisation_id))
    execute function search_ticket_changed();

create function search_tickets_gone() returns trigger language plpgsql as $$
begin
    delete from search_ticketwords where ticket_id in (select id from gone);
    return null;
end $$;
create trigger search_gone after delete on tickets_ticket referencing old table as gone
    for each statement execute function search_tickets_gone();

create function search_messages_came() returns trigger language plpgsql as $$
begin
    perform search_add(ticket_id, array_agg(id order by id), '{}') from fresh group by ticket_id order by ticket_id;
    return null;
end $$;
create trigger search_came after insert on tickets_message referencing new table as fresh
    for each statement execute function search_messages_came();

create function search_messages_changed() returns trigger language plpgsql as $$
begin
    perform search_again(ticket_id) from (
        select unnest(array[was.ticket_id, fresh.ticket_id]) as ticket_id
        from was join fresh on fresh.id = was.id
        where (was.ticket_id, was.came_to_id, was.kind, was.sender_name, was.sender_address, was.subject, was.text, was.quoted)
            is distinct from (fresh.ticket_id, fresh.came_to_id, fresh.kind, fresh.sender_name, fresh.sender_address,
                              fresh.subject, fresh.text, fresh.quoted)
        group by 1 order by 1) as tickets;
    return null;
end $$;
create trigger search_changed after update on tickets_message referencing old table as was new table as fresh
    for each statement execute function search_messages_changed();

create function search_messages_gone() returns trigger language plpgsql as $$
begin
    perform search_again(ticket_id) from (select distinct ticket_id from gone order by ticket_id) as tickets;
    return null;
end $$;
create trigger search_gone after delete on tickets_message referencing old table as gone
    for each statement execute function search_messages_gone();

create function search_files_came() returns trigger language plpgsql as $$
begin
    perform search_add(message.ticket_id, '{}', array_agg(fresh.id order by fresh.id))
        from fresh join tickets_message as message on message.id = fresh.message_id
        group by message.ticket_id order by message.ticket_id;
    return null;
end $$;
create trigger search_came after insert on tickets_attachment referencing new table as fresh
    for each statement execute function search_files_came();

create function search_files_changed() returns trigger language plpgsql as $$
begin
    perform search_again(ticket_id) from (
        select distinct message.ticket_id from was join tickets_message as message on message.id = was.message_id
        order by 1) as tickets;
    return null;
end $$;
create trigger search_changed after update on tickets_attachment referencing old table as was
    for each statement execute function search_files_changed();
create trigger search_gone after delete on tickets_attachment referencing old table as was
    for each statement execute function search_files_changed();

create function search_person_changed() returns trigger language plpgsql as $$
begin
    perform search_person_again(new.id);
    if tg_op = 'UPDATE' and old.name <> new.name then
        perform search_again(id) from (select id from tickets_ticket where person_id = new.id order by id) as tickets;
    end if;
    return null;
end $$;
create trigger search_came after insert on people_person for each row execute function search_person_changed();
create trigger search_changed after update of name, organisation_id on people_person for each row
    when ((old.name, old.organisation_id) is distinct from (new.name, new.organisation_id))
    execute function search_person_changed();

create function search_person_gone() returns trigger language plpgsql as $$
begin
    delete from search_personwords where person_id = old.id;
    return null;
end $$;
create trigger search_gone after delete on people_person for each row execute function search_person_gone();

create function search_identity_changed() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        perform search_person_again(old.person_id);
    end if;
    if tg_op <> 'DELETE' then
        perform search_person_again(new.person_id);
    end if;
    return null;
end $$;
create trigger search_came after insert or delete on people_identity
    for each row execute function search_identity_changed();
create trigger search_changed after update of person_id, address on people_identity for each row
    when ((old.person_id, old.address) is distinct from (new.person_id, new.address))
    execute function search_identity_changed();

create function search_organisation_changed() returns trigger language plpgsql as $$
begin
    perform search_organisation_again(new.id);
    if tg_op = 'UPDATE' then
        perform search_person_again(id) from (select id from people_person where organisation_id = new.id order by id) as persons;
        perform search_again(id) from (select id from tickets_ticket where organisation_id = new.id order by id) as tickets;
    end if;
    return null;
end $$;
create trigger search_came after insert on people_organisation
    for each row execute function search_organisation_changed();
create trigger search_changed after update of name on people_organisation for each row
    when (old.name <> new.name) execute function search_organisation_changed();

create function search_organisation_gone() returns trigger language plpgsql as $$
begin
    delete from search_organisationwords where organisation_id = old.id;
    return null;
end $$;
create trigger search_gone after delete on people_organisation
    for each row execute function search_organisation_gone();
